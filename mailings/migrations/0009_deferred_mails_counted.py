"""How many mails of a sending wait for another attempt is counted without reading all that wait; made without locking the table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mailings", "0008_sendings_stopped")]

    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(fields=["run"], name="delivery_deferred", condition=models.Q(state="pending", attempts__gt=0)),
        ),
    ]
