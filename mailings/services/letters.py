"""Mails that are ready made when they are queued: a row that carries its words."""

import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from mailings.doorbell import ring
from mailings.models import Delivery, Mailing
from mailings.permissions import Action, Right, rights_of
from mailings.rendering import RenderedMail, delivery_token, preview_of, render_mail, role_of
from mailings.services.errors import MailingActionNotAllowed
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import User

Kind = Delivery.Kind


def ready_delivery(kind: str, *, to: User, language: str, key: uuid.UUID, mail: RenderedMail, **origin: Any) -> Delivery:
    """An unsaved row for a mail whose words are already there."""
    return Delivery(
        key=key,
        kind=kind,
        priority=Delivery.PRIORITY[Kind(kind)],
        recipient=to,
        email=to.email,
        language=language,
        subject=mail.subject,
        body_text=mail.text,
        body_html=mail.html,
        next_attempt_at=Now(),
        **origin,
    )


@transaction.atomic
def queue_login_code(user: User, *, code: str) -> Delivery:
    """Put a login code first in the queue, in the person's language."""
    key = uuid.uuid4()
    context = {
        "code": code,
        "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
        "recipient": user,
        "role": role_of(user, ()),
    }
    mail = render_mail("login_code", language=user.correspondence_language, key=key, context=context)
    delivery = ready_delivery(Kind.LOGIN_CODE, to=user, language=user.correspondence_language, key=key, mail=mail)
    delivery.save(force_insert=True)
    ring()
    return delivery


@transaction.atomic
def queue_test_mail(mailing: Mailing, *, by: User, language: str) -> Delivery:
    """Send a mailing as it stands to the editor alone, in `fr`, `nl` or `both`, marked as a test."""
    if not rights_of(by) & {Right.EDITOR, Right.SENDER}:
        raise MailingActionNotAllowed(Action.EDIT, mailing)
    language = CorrespondenceLanguage(language).value
    key = uuid.uuid4()
    mail = preview_of(mailing, language, token=delivery_token(key))
    marked = RenderedMail(f"[Test] {mail.subject}", mail.text, mail.html)
    delivery = ready_delivery(Kind.TEST, to=by, language=language, key=key, mail=marked)
    delivery.save(force_insert=True)
    ring()
    return delivery
