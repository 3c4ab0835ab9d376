from django.db import migrations

# Asked at writing alone: what was written while the delegation was in force stays signed when it ends.
GUARD = """
CREATE FUNCTION partnerships_may_write_for(delegate bigint, principal bigint, place bigint, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM municipalities_delegation AS delegation
        JOIN municipalities_mandate AS mandate ON mandate.id = delegation.mandate_id
        WHERE delegation.delegate_id = delegate AND mandate.user_id = principal AND mandate.municipality_id = place
            AND delegation.scope = 'requests' AND delegation.accepted_at IS NOT NULL
            AND delegation.declined_at IS NULL AND delegation.revoked_at IS NULL
            AND delegation.period @> (at AT TIME ZONE 'Europe/Brussels')::date
            AND mandate.period @> (at AT TIME ZONE 'Europe/Brussels')::date
    )
$$;
CREATE FUNCTION partnerships_event_name_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT partnerships_may_write_for(NEW.actor_id, NEW.behalf_of_id, NEW.municipality_id, NEW.at) THEN
        RAISE EXCEPTION 'nobody acts in the name of somebody who did not delegate to them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_in_a_name_that_was_given';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION partnerships_message_name_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.author_id, NEW.behalf_of_id) IS NOT DISTINCT FROM (OLD.author_id, OLD.behalf_of_id) THEN
        RETURN NEW;
    END IF;
    IF NOT partnerships_may_write_for(
        NEW.author_id, NEW.behalf_of_id, (SELECT municipality_id FROM partnerships_servicerequest WHERE id = NEW.request_id), NEW.sent_at
    ) THEN
        RAISE EXCEPTION 'nobody writes in the name of somebody who did not delegate to them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_in_a_name_that_was_given';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION partnerships_request_name_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.asked_by_id, NEW.asked_for_id) IS NOT DISTINCT FROM (OLD.asked_by_id, OLD.asked_for_id) THEN
        RETURN NEW;
    END IF;
    IF NOT partnerships_may_write_for(NEW.asked_by_id, NEW.asked_for_id, NEW.municipality_id, NEW.created_at) THEN
        RAISE EXCEPTION 'nobody asks in the name of somebody who did not delegate to them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'request_in_a_name_that_was_given';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER event_name_was_given BEFORE INSERT ON partnerships_event
    FOR EACH ROW WHEN (NEW.behalf_of_id IS NOT NULL) EXECUTE FUNCTION partnerships_event_name_was_given();
CREATE TRIGGER message_name_was_given BEFORE INSERT OR UPDATE ON partnerships_message
    FOR EACH ROW WHEN (NEW.behalf_of_id IS NOT NULL) EXECUTE FUNCTION partnerships_message_name_was_given();
CREATE TRIGGER request_name_was_given BEFORE INSERT OR UPDATE ON partnerships_servicerequest
    FOR EACH ROW WHEN (NEW.asked_for_id IS NOT NULL) EXECUTE FUNCTION partnerships_request_name_was_given();
"""
UNGUARD = """
DROP TRIGGER event_name_was_given ON partnerships_event;
DROP TRIGGER message_name_was_given ON partnerships_message;
DROP TRIGGER request_name_was_given ON partnerships_servicerequest;
DROP FUNCTION partnerships_event_name_was_given();
DROP FUNCTION partnerships_message_name_was_given();
DROP FUNCTION partnerships_request_name_was_given();
DROP FUNCTION partnerships_may_write_for(bigint, bigint, bigint, timestamptz);
"""


class Migration(migrations.Migration):
    """The database refuses words in the name of somebody who did not delegate to the writer."""

    dependencies = [("partnerships", "0008_words_in_the_name_of")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
