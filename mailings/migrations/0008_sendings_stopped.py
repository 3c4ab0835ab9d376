"""A sending that is stopped for good has the time of it; why a mail was skipped can be that."""

from django.db import migrations, models

STATES = [("running", "Running"), ("paused", "Paused"), ("stopped", "Being stopped"), ("done", "Done")]
REASONS = [
    ("no_access", "No mandate in force any more"),
    ("unsubscribed", "Unsubscribed"),
    ("address_changed", "Address changed or removed"),
    ("no_longer_concerned", "No longer concerned"),
    ("stopped", "The sending was stopped"),
]


class Migration(migrations.Migration):
    dependencies = [("mailings", "0007_events_told_together")]

    operations = [
        migrations.AddField("run", "stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped on")),
        migrations.AlterField(
            "delivery",
            "skip_reason",
            models.CharField(blank=True, choices=REASONS, max_length=20, verbose_name="why skipped"),
        ),
        migrations.AlterField(
            "run", "state", models.CharField(choices=STATES, default="running", max_length=10, verbose_name="state")
        ),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(
                condition=models.Q(("state", "stopped"), _negated=True) | models.Q(stopped_at__isnull=False), name="run_stopped_has_time"
            ),
        ),
    ]
