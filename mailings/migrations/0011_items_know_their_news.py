"""Items made from a measure say so by the name of the news, and each measure counts as proposed where it first stood."""

from django.db import migrations

# The first item of a measure in a mailing takes the name; a second one stays a block of the editor's own.
NAME_ITEMS = """
UPDATE mailings_mailingitem AS item SET news_kind = 'measure', news_key = measure.key::text
FROM mailings_measure AS measure
WHERE item.measure_id = measure.id AND item.news_kind = '' AND NOT EXISTS (
    SELECT 1 FROM mailings_mailingitem AS earlier
    WHERE earlier.mailing_id = item.mailing_id AND earlier.measure_id = item.measure_id AND earlier.id < item.id
)
"""
PROPOSE = """
INSERT INTO mailings_proposal (kind, key, mailing_id, at)
SELECT DISTINCT ON (item.news_kind, item.news_key) item.news_kind, item.news_key, mailing.id, mailing.created_at
FROM mailings_mailingitem AS item JOIN mailings_mailing AS mailing ON mailing.id = item.mailing_id
WHERE item.news_kind <> '' AND mailing.kind = 'weekly'
ORDER BY item.news_kind, item.news_key, mailing.created_at, mailing.id
ON CONFLICT DO NOTHING
"""
FORGET = "DELETE FROM mailings_proposal"
UNNAME = "UPDATE mailings_mailingitem SET news_kind = '', news_key = '' WHERE news_kind <> ''"


class Migration(migrations.Migration):
    dependencies = [("mailings", "0010_sections_and_proposals")]
    operations = [migrations.RunSQL(NAME_ITEMS, UNNAME), migrations.RunSQL(PROPOSE, FORGET)]
