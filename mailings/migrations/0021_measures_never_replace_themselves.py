"""A measure never replaces itself, by itself or by way of others: the database follows the chain and refuses."""

from django.db import migrations, models

FOLLOW = """
CREATE FUNCTION measure_chain_ends() RETURNS trigger AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('measure_chain'));
    IF EXISTS (
        WITH RECURSIVE chain (id, superseded_by_id) AS (
            SELECT id, superseded_by_id FROM mailings_measure WHERE id = NEW.superseded_by_id
            UNION
            SELECT later.id, later.superseded_by_id FROM mailings_measure AS later JOIN chain ON later.id = chain.superseded_by_id
        )
        SELECT 1 FROM chain WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'measure_chain_has_no_circle' USING ERRCODE = 'check_violation', CONSTRAINT = 'measure_chain_has_no_circle';
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER measure_chain_has_no_circle BEFORE INSERT OR UPDATE OF superseded_by_id ON mailings_measure
FOR EACH ROW WHEN (NEW.superseded_by_id IS NOT NULL) EXECUTE FUNCTION measure_chain_ends();
"""
FORGET = "DROP TRIGGER measure_chain_has_no_circle ON mailings_measure; DROP FUNCTION measure_chain_ends();"
# A measure that names itself is replaced by nothing.
MEND = "UPDATE mailings_measure SET superseded_by_id = NULL WHERE superseded_by_id = id"


class Migration(migrations.Migration):
    dependencies = [("mailings", "0020_addresses_to_repair")]
    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.RunSQL(FOLLOW, FORGET),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                name="measure_not_replaced_by_itself",
                condition=models.Q(superseded_by__isnull=True) | ~models.Q(superseded_by=models.F("id")),
                violation_error_message="A measure does not replace itself.",
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["-valid_from", "-id"], name="measure_by_first_day", condition=models.Q(published_at__isnull=False)),
        ),
    ]
