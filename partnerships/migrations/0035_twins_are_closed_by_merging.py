from django.db import migrations

OTHERS = """
        ('draft', 'submitted'), ('draft', 'withdrawn'),
        ('submitted', 'acknowledged'), ('submitted', 'declined'), ('submitted', 'withdrawn'),
        ('acknowledged', 'in_progress'), ('acknowledged', 'waiting'), ('acknowledged', 'declined'), ('acknowledged', 'withdrawn'),
        ('in_progress', 'waiting'), ('in_progress', 'completed'), ('in_progress', 'withdrawn'),
        ('waiting', 'in_progress'), ('waiting', 'withdrawn'),
        ('completed', 'closed'), ('completed', 'in_progress'),
        ('closed', 'in_progress')"""
BY_MERGING = """,
        ('submitted', 'closed'), ('acknowledged', 'closed'), ('in_progress', 'closed'), ('waiting', 'closed')"""
FUNCTION = """
CREATE OR REPLACE FUNCTION partnerships_request_may_move(before text, after text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (before, after) IN ({pairs}
    )
$$;
"""
GUARD = """
CREATE FUNCTION partnerships_request_closed_by_merging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM partnerships_requesttie AS tie WHERE tie.kind = 'merge' AND tie.second_id = NEW.id) THEN
        RAISE EXCEPTION 'a request that is not completed is closed only when it is merged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'request_closed_when_completed_or_merged';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER request_closed_by_merging BEFORE UPDATE OF state ON partnerships_servicerequest
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state IN ('submitted', 'acknowledged', 'in_progress', 'waiting'))
    EXECUTE FUNCTION partnerships_request_closed_by_merging();
"""
UNGUARD = """
DROP TRIGGER request_closed_by_merging ON partnerships_servicerequest;
DROP FUNCTION partnerships_request_closed_by_merging();
"""


class Migration(migrations.Migration):
    """A twin is closed from wherever it stands, once it is tied to the request it goes on in; nothing else skips the table."""

    dependencies = [("partnerships", "0034_partners_referrals_and_ties")]

    operations = [
        migrations.RunSQL(FUNCTION.format(pairs=OTHERS + BY_MERGING), FUNCTION.format(pairs=OTHERS)),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
