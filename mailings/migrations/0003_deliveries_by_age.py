"""The retention rules find old deliveries without reading the whole log; made without locking it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mailings", "0002_delivery_reply_to")]

    operations = [
        AddIndexConcurrently(model_name="delivery", index=models.Index(fields=["planned_at", "id"], name="delivery_planned")),
    ]
