"""Stop the clock of what waits since the day it was asked, and enter the settings' figures as the first ones of the team."""

from django.conf import settings
from django.db import migrations

STOP = """
UPDATE partnerships_servicerequest AS request
SET clock_stopped_on = COALESCE(
    (SELECT (max(event.at) AT TIME ZONE 'Europe/Brussels')::date
     FROM partnerships_event AS event
     JOIN django_content_type AS type ON type.id = event.content_type_id
     WHERE type.app_label = 'partnerships' AND type.model = 'servicerequest' AND event.object_id = request.id
       AND event.verb IN ('request_asked', 'request_completed')),
    CURRENT_DATE)
WHERE request.state IN ('waiting', 'completed', 'closed') AND request.clock_stopped_on IS NULL
"""


def enter_targets(apps, _schema_editor):
    target = apps.get_model("partnerships", "DeadlineTarget")
    for what, (working_days, warn_before) in settings.DEADLINES.items():
        target.objects.get_or_create(
            what=what,
            defaults={
                "working_days": working_days,
                "warn_before": warn_before,
                "source_fr": "Valeur de départ, à confirmer par l'équipe Local Partnerships",
                "source_nl": "Beginwaarde, te bevestigen door het team Local Partnerships",
            },
        )


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0018_deadlines")]

    operations = [
        migrations.RunSQL(STOP, "UPDATE partnerships_servicerequest SET clock_stopped_on = NULL WHERE clock_stopped_on IS NOT NULL"),
        migrations.RunPython(enter_targets, migrations.RunPython.noop),
    ]
