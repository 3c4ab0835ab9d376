"""The event log only grows: a trigger refuses to change or remove an event, whoever asks."""

from django.db import migrations

FORBID = """
CREATE FUNCTION partnerships_event_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are kept for ever: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON partnerships_event
    FOR EACH ROW EXECUTE FUNCTION partnerships_event_never_changes();
"""
ALLOW = """
DROP TRIGGER event_never_changes ON partnerships_event;
DROP FUNCTION partnerships_event_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, reverse_sql=ALLOW)]
