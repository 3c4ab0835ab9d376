"""What a version of an action plan says is fixed once it is proposed: a trigger refuses to change a line.

The words alone may lose a name, when a person is erased: that is announced by the transaction (`portal.scrubbing`), and the
facts stay fixed even then.
"""

from django.db import migrations

FIX = """
CREATE FUNCTION partnerships_planline_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_fixed boolean;
BEGIN
    SELECT state <> 'draft' INTO is_fixed FROM partnerships_planversion WHERE id = NEW.version_id;
    IF is_fixed AND (
        NEW.version_id <> OLD.version_id OR NEW.measure_id <> OLD.measure_id OR NEW.kind <> OLD.kind OR NEW.owner <> OLD.owner
        OR NEW.due_on <> OLD.due_on OR NEW.starts_on IS DISTINCT FROM OLD.starts_on OR NEW.cost IS DISTINCT FROM OLD.cost
        OR (
            (NEW.what <> OLD.what OR NEW.details <> OLD.details OR NEW.paid_by <> OLD.paid_by)
            AND coalesce(current_setting('portal.scrubbing', true), '') <> 'on'
        )
    ) THEN
        RAISE EXCEPTION 'a proposed version of a plan is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER plan_line_fixed BEFORE UPDATE ON partnerships_planline
    FOR EACH ROW EXECUTE FUNCTION partnerships_planline_fixed();
"""
LOOSEN = """
DROP TRIGGER plan_line_fixed ON partnerships_planline;
DROP FUNCTION partnerships_planline_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0021_works_sites_and_action_plans")]

    operations = [migrations.RunSQL(FIX, reverse_sql=LOOSEN)]
