"""The retention rule finds requests that ended long ago without reading all of them; made without locking the table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("partnerships", "0009_nobody_forges_in_the_name_of")]

    operations = [
        AddIndexConcurrently(
            model_name="servicerequest",
            index=models.Index(fields=["ended_at"], name="request_ended", condition=models.Q(ended_at__isnull=False)),
        ),
    ]
