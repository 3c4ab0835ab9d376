from django.db import migrations

GUARD = """
CREATE FUNCTION partnerships_rating_of_what_was_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM partnerships_requesttie AS tie WHERE tie.kind = 'merge' AND tie.second_id = NEW.request_id) THEN
        RAISE EXCEPTION 'a request that was merged is not asked about; the one it goes on in is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rating_not_of_a_merged_request';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER rating_not_of_a_merged_request BEFORE INSERT OR UPDATE OF request_id ON partnerships_rating
    FOR EACH ROW EXECUTE FUNCTION partnerships_rating_of_what_was_done();
"""
UNGUARD = """
DROP TRIGGER rating_not_of_a_merged_request ON partnerships_rating;
DROP FUNCTION partnerships_rating_of_what_was_done();
"""


class Migration(migrations.Migration):
    """The satisfaction is asked of the request that goes on, never of the twin that was merged into it."""

    dependencies = [("partnerships", "0043_referrals_of_ended_requests")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
