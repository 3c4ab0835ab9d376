"""The log of accesses and the list of erasures only grow: a trigger refuses change and removal, whoever asks.

The one exception is the retention rule of the log, which announces itself for the length of its transaction.
"""

from django.db import migrations

FORBID = """
CREATE FUNCTION privacy_access_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portal.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log of accesses only grows: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_only_grows BEFORE UPDATE OR DELETE ON privacy_personaldataaccess
    FOR EACH ROW EXECUTE FUNCTION privacy_access_only_grows();
CREATE FUNCTION privacy_erasure_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the list of erasures is kept for ever: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER erasure_never_changes BEFORE UPDATE OR DELETE ON privacy_erasure
    FOR EACH ROW EXECUTE FUNCTION privacy_erasure_never_changes();
"""
ALLOW = """
DROP TRIGGER access_only_grows ON privacy_personaldataaccess;
DROP FUNCTION privacy_access_only_grows();
DROP TRIGGER erasure_never_changes ON privacy_erasure;
DROP FUNCTION privacy_erasure_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_access_erasures_and_retention")]

    operations = [migrations.RunSQL(FORBID, reverse_sql=ALLOW)]
