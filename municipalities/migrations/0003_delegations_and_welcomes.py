import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORM_OF_ADDRESS = {
    "verbose_name": "form of address",
    "max_length": 10,
    "choices": [("madame", "Madam"), ("monsieur", "Sir")],
    "blank": True,
    "default": "",
    "help_text": "As the person wishes to be addressed; empty while they have not said. Never inferred from a first name.",
}


class Migration(migrations.Migration):
    """A mayor or alderman delegates; whoever was entered by others is told; a person says how they wish to be addressed."""

    dependencies = [("municipalities", "0002_turnovers")]

    operations = [
        migrations.AddField("user", "form_of_address", models.CharField(**FORM_OF_ADDRESS)),
        migrations.AddField("historicaluser", "form_of_address", models.CharField(**FORM_OF_ADDRESS)),
        migrations.CreateModel(
            name="Welcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="welcomed on")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="welcome",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={"verbose_name": "welcome", "verbose_name_plural": "welcomes", "ordering": ["pk"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("read", "Read along: requests, agreement and mailings"),
                            ("requests", "Write and answer requests in my name, and read along"),
                        ],
                        max_length=10,
                        verbose_name="what for",
                    ),
                ),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="period")),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="invited on")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted on")),
                ("declined_at", models.DateTimeField(blank=True, null=True, verbose_name="declined on")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back on")),
                (
                    "delegate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="delegate",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="municipalities.mandate",
                        verbose_name="mandate",
                    ),
                ),
            ],
            options={
                "verbose_name": "delegation",
                "verbose_name_plural": "delegations",
                "ordering": ["-pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__startswith__isnull", False)),
                        name="delegation_period_has_start",
                        violation_error_message="A delegation starts on a day and lasts at least one day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_at__isnull", True), ("declined_at__isnull", True), _connector="OR"),
                        name="delegation_answered_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("scope__in", ["read", "requests"])), name="delegation_scope_known"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("declined_at__isnull", True), ("revoked_at__isnull", True)),
                        expressions=[("mandate", "="), ("delegate", "="), ("period", "&&")],
                        name="delegation_once_per_pair_and_day",
                        violation_error_message="This person is already your delegate, or invited, on some of these days.",
                    ),
                ],
            },
        ),
    ]
