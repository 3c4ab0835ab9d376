from django.db import migrations, models

REOPENED = "UPDATE partnerships_referral SET ended_at = NULL WHERE ended_with_request"


class Migration(migrations.Migration):
    """A referral still open when its request ends, ends with it and without words; going back, it is open again."""

    dependencies = [("partnerships", "0041_questions_to_the_region")]

    operations = [
        migrations.RemoveConstraint(model_name="referral", name="referral_ended_with_words"),
        migrations.AddField(
            model_name="referral",
            name="ended_with_request",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, REOPENED),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_message__isnull", True), ("ended_with_request", False)),
                    models.Q(("ended_at__isnull", False), ("ended_message__isnull", False), ("ended_with_request", False)),
                    models.Q(("ended_at__isnull", False), ("ended_message__isnull", True), ("ended_with_request", True)),
                    _connector="OR",
                ),
                name="referral_ended_with_words",
            ),
        ),
    ]
