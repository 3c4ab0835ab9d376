"""From rows to messages: what is handed to the mail server, headers and all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from mailings.models import Delivery, RunContent
from mailings.rendering.links import delivery_token, portal_link
from mailings.rendering.mailing import Skeleton, fill_skeleton, skeleton_of_run
from mailings.rendering.mails import RenderedMail
from mailings.rendering.personal import Personal, personal_parts
from municipalities.languages import CorrespondenceLanguage

Kind = Delivery.Kind
WITHOUT_METADATA = {"", "postal", "scaleway"}  # SMTP; and providers that report the Message-ID instead
LIST_NAMES = {Kind.MAILING: "mailings", Kind.TEST: "mailings-test", Kind.NOTICE: "notices", Kind.LOGIN_CODE: "access"}


def build_messages(deliveries: Sequence[Delivery]) -> dict[int, EmailMultiAlternatives]:
    """The messages of a batch by delivery, in a fixed number of queries whatever its size."""
    mails = _mails_of_runs([delivery for delivery in deliveries if delivery.kind == Kind.MAILING])
    return {delivery.pk: message_of(delivery, mails.get(delivery.pk) or _ready_made(delivery)) for delivery in deliveries}


def _ready_made(delivery: Delivery) -> RenderedMail:
    return RenderedMail(delivery.subject, delivery.body_text, delivery.body_html)


def _mails_of_runs(deliveries: Sequence[Delivery]) -> dict[int, RenderedMail]:
    if not deliveries:
        return {}
    contents: dict[int, dict[str, RunContent]] = defaultdict(dict)
    for content in RunContent.objects.filter(run__in={delivery.run_id for delivery in deliveries}):
        contents[content.run_id][content.language] = content
    personal = personal_parts({delivery.recipient_id for delivery in deliveries if delivery.recipient_id}, timezone.localdate())
    skeletons: dict[tuple[int, str], Skeleton] = {}
    mails = {}
    for delivery in deliveries:
        run = delivery.run_id or 0
        about = (run, delivery.language)
        if about not in skeletons:
            skeletons[about] = skeleton_of_run(run, delivery.language, contents[run])
        own = personal.get(delivery.recipient_id or 0, Personal())
        mails[delivery.pk] = fill_skeleton(skeletons[about], own, language=delivery.language, token=delivery_token(delivery.key))
    return mails


def message_of(delivery: Delivery, mail: RenderedMail) -> EmailMultiAlternatives:
    """The message of one delivery, headers and all."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.email],
        reply_to=_reply_to(delivery),
        headers=_headers(delivery),
    )
    message.attach_alternative(mail.html, "text/html")
    if delivery.calendar:
        _add_calendar(message, delivery.calendar)
    if settings.MAIL_PROVIDER not in WITHOUT_METADATA:
        message.metadata = {"delivery": str(delivery.key)}  # type: ignore[attr-defined] # the provider's reports give it back
    return message


def _add_calendar(message: EmailMultiAlternatives, calendar: str) -> None:
    """As a third version of the mail for programmes that answer invitations, and as a file for those that only keep it."""
    method = "CANCEL" if "METHOD:CANCEL" in calendar else "REQUEST"
    message.attach_alternative(calendar, f"text/calendar; method={method}")
    message.attach("invite.ics", calendar.encode(), "application/ics")


def _reply_to(delivery: Delivery) -> list[str] | None:
    """The person a mail introduces; for mailings the team."""
    if delivery.reply_to:
        return [delivery.reply_to]
    return [settings.MAIL_REPLY_TO] if delivery.kind in {Kind.MAILING, Kind.TEST} else None


def _headers(delivery: Delivery) -> dict[str, str]:
    """The same at every attempt, Message-ID and Date included, so that a second copy is known as one.

    No `Precedence`: it was never standardised, and `Auto-Submitted` (RFC 3834) with Exchange's own header keeps
    absence notes away.
    """
    headers = {
        "Message-ID": delivery.message_id,
        "Date": format_datetime(delivery.planned_at.astimezone(dt.UTC)),
        "Content-Language": ", ".join(CorrespondenceLanguage(delivery.language).contents),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "List-Id": f"<{LIST_NAMES[Kind(delivery.kind)]}.{settings.MAIL_MESSAGE_ID_DOMAIN}>",
    }
    if delivery.kind == Kind.MAILING:
        headers["List-Unsubscribe"] = f"<{portal_link('unsubscribe', delivery_token(delivery.key))}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
