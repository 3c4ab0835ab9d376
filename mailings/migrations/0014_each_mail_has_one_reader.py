"""All rows are looked at, without keeping senders waiting, so that the rule holds for those that were there too."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mailings", "0013_readers_without_account")]

    operations = [ValidateConstraint(model_name="delivery", name="delivery_to_one_reader")]
