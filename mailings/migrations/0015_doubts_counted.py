"""Doubts are counted whenever the portal is watched: over their own few rows, built beside running senders."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mailings", "0014_each_mail_has_one_reader")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "unknown")), fields=["run", "id"], name="delivery_in_doubt"),
        ),
    ]
