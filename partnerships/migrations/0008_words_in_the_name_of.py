import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

VERBS = [
    ("request_drafted", "Draft made"),
    ("request_edited", "Draft changed"),
    ("request_submitted", "Request submitted"),
    ("request_acknowledged", "Receipt acknowledged"),
    ("request_started", "Work started"),
    ("request_asked", "Information asked from the municipality"),
    ("request_answered", "Municipality answered"),
    ("request_completed", "Work completed"),
    ("request_closed", "Request closed"),
    ("request_declined", "Request declined"),
    ("request_withdrawn", "Request withdrawn"),
    ("request_assigned", "Request assigned"),
    ("message_sent", "Message sent"),
    ("mailing_drafted", "Mailing drafted"),
    ("mailing_edited", "Mailing changed"),
    ("mailing_approval_asked", "Approval asked"),
    ("mailing_approved", "Mailing approved"),
    ("mailing_sent_back", "Mailing sent back"),
    ("mailing_approval_voided", "Approval void: the content changed"),
    ("mailing_scheduled", "Sending scheduled"),
    ("mailing_unscheduled", "Sending no longer scheduled"),
    ("mailing_held", "Mailing held"),
    ("mailing_planned", "Sending started"),
    ("mailing_sent", "Mailing sent"),
    ("mailing_paused", "Sending paused"),
    ("mailing_resumed", "Sending resumed"),
    ("delivery_settled", "Mail in doubt settled"),
    ("delegation_invited", "Delegate invited"),
    ("delegation_accepted", "Delegation accepted"),
    ("delegation_declined", "Delegation declined"),
    ("delegation_revoked", "Delegation taken back"),
    ("person_welcomed", "Person told of being entered"),
    ("turnover_applied", "Colleges imported"),
    ("turnover_undone", "Import of colleges undone"),
    ("person_erased", "Person erased"),
    ("spoc_handover_planned", "Hand-over to a new SPOC planned"),
    ("spoc_handover_cancelled", "Hand-over to a new SPOC cancelled"),
    ("spoc_handed_over", "Municipality handed over to a new SPOC"),
    ("spoc_introduced", "New SPOC introduced to the officials"),
    ("agreement_renewal_drafted", "Renewal of the agreement drafted"),
    ("agreement_signed", "Agreement signed"),
    ("agreement_document_kept", "Signed document of the agreement kept"),
    ("agreement_ending", "End of the agreement announced"),
]


def in_the_name_of(what: str) -> models.ForeignKey:
    """Empty columns, without an index: added at once to a table of any size."""
    return models.ForeignKey(
        blank=True,
        db_index=False,
        help_text=f"Set when a delegate {what}; the database asks for the delegation in force.",
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        verbose_name="in the name of",
    )


class Migration(migrations.Migration):
    """What a delegate writes says in whose name."""

    dependencies = [
        ("partnerships", "0007_signatory_lines_gone"),
        ("municipalities", "0004_delegations_inside_their_mandate"),
    ]

    operations = [
        migrations.AddField("event", "behalf_of", in_the_name_of("acted")),
        migrations.AddField("message", "behalf_of", in_the_name_of("wrote")),
        migrations.AddField("servicerequest", "asked_for", in_the_name_of("asked")),
        migrations.AddField(
            "historicalservicerequest",
            "asked_for",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Set when a delegate asked; the database asks for the delegation in force.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="in the name of",
            ),
        ),
        migrations.AlterField("event", "verb", models.CharField(choices=VERBS, max_length=40, verbose_name="what")),
    ]
