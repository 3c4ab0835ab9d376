from django.db import migrations

# The pairs of TRANSITIONS (partnerships/permissions.py), as a test compares. A new pair comes with a migration that
# replaces this one function; the trigger that asks it stays.
GUARD = """
CREATE FUNCTION partnerships_request_may_move(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (before, after) IN (
        ('draft', 'submitted'), ('draft', 'withdrawn'),
        ('submitted', 'acknowledged'), ('submitted', 'declined'), ('submitted', 'withdrawn'),
        ('acknowledged', 'in_progress'), ('acknowledged', 'waiting'), ('acknowledged', 'declined'), ('acknowledged', 'withdrawn'),
        ('in_progress', 'waiting'), ('in_progress', 'completed'), ('in_progress', 'withdrawn'),
        ('waiting', 'in_progress'), ('waiting', 'withdrawn'),
        ('completed', 'closed'), ('completed', 'in_progress'),
        ('closed', 'in_progress')
    )
$$;
CREATE FUNCTION partnerships_request_moves_by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT partnerships_request_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a request never goes from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'request_moves_by_the_table';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER request_moves_by_the_table BEFORE UPDATE OF state ON partnerships_servicerequest
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION partnerships_request_moves_by_the_table();
"""
UNGUARD = """
DROP TRIGGER request_moves_by_the_table ON partnerships_servicerequest;
DROP FUNCTION partnerships_request_moves_by_the_table();
DROP FUNCTION partnerships_request_may_move(text, text);
"""


class Migration(migrations.Migration):
    """The database refuses a state that no row of the table leads to, whoever writes."""

    dependencies = [("partnerships", "0016_direction_and_notes")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
