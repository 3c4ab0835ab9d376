from django.db import migrations

# What one table cannot say alone. A mandate that is shortened afterwards needs no rule here: reading asks for both periods.
GUARD = """
CREATE FUNCTION municipalities_delegation_fits_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held municipalities_mandate%ROWTYPE;
BEGIN
    SELECT * INTO held FROM municipalities_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF held.role NOT IN ('mayor', 'alderman') THEN
        RAISE EXCEPTION 'only a mayor or an alderman delegates'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_by_mayor_or_alderman';
    END IF;
    IF held.user_id = NEW.delegate_id THEN
        RAISE EXCEPTION 'nobody delegates to themselves'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_not_to_oneself';
    END IF;
    IF NOT NEW.period <@ held.period THEN
        RAISE EXCEPTION 'a delegation lies inside its mandate'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_inside_mandate';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER delegation_fits_mandate BEFORE INSERT OR UPDATE OF mandate_id, delegate_id, period ON municipalities_delegation
    FOR EACH ROW EXECUTE FUNCTION municipalities_delegation_fits_mandate();
"""
UNGUARD = """
DROP TRIGGER delegation_fits_mandate ON municipalities_delegation;
DROP FUNCTION municipalities_delegation_fits_mandate();
"""


class Migration(migrations.Migration):
    """The database refuses a delegation outside its mandate, to oneself, or by anybody but a mayor or alderman."""

    dependencies = [("municipalities", "0003_delegations_and_welcomes")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
