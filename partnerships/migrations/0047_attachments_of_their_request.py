from django.db import migrations

GUARD = """
CREATE FUNCTION partnerships_attachment_of_its_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.message_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM partnerships_message AS words WHERE words.id = NEW.message_id AND words.request_id = NEW.request_id))
        OR (NEW.note_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM partnerships_note AS words WHERE words.id = NEW.note_id AND words.request_id = NEW.request_id))
    THEN
        RAISE EXCEPTION 'a file and the words it came with belong to one request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attachment_of_the_request_of_its_words';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER attachment_of_the_request_of_its_words BEFORE INSERT OR UPDATE OF request_id, message_id, note_id
    ON partnerships_attachment FOR EACH ROW WHEN (NEW.message_id IS NOT NULL OR NEW.note_id IS NOT NULL)
    EXECUTE FUNCTION partnerships_attachment_of_its_request();
"""
UNGUARD = """
DROP TRIGGER attachment_of_the_request_of_its_words ON partnerships_attachment;
DROP FUNCTION partnerships_attachment_of_its_request();
"""


class Migration(migrations.Migration):
    """A file never hangs on the message or the note of another request: a note's file stays with the team, whoever writes rows."""

    dependencies = [("partnerships", "0046_associations_linked")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
