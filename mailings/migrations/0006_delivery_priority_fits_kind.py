from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

BY_KIND = """
UPDATE mailings_delivery SET priority = CASE kind WHEN 'login_code' THEN 0 WHEN 'notice' THEN 1 WHEN 'test' THEN 2 ELSE 5 END
WHERE (kind = 'mailing') <> (priority >= 5)
"""


class Migration(migrations.Migration):
    """Sets pass by rows of low priority alone: a notice that carried that of a mailing would wait for ever.

    The constraint is added without looking at old rows, then checked beside running work.
    """

    atomic = False
    dependencies = [("mailings", "0005_delivery_journal")]

    operations = [
        migrations.RunSQL(BY_KIND, migrations.RunSQL.noop),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_priority_fits_kind",
                condition=models.Q(("kind", "mailing"), ("priority__gte", 5)) | (~models.Q(("kind", "mailing")) & models.Q(("priority__lt", 5))),
            ),
        ),
        ValidateConstraint(model_name="delivery", name="delivery_priority_fits_kind"),
    ]
