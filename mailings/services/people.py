"""Mails about people themselves: a delegation offered, answered or taken back; and the word to whoever was entered by others."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailings.rendering import portal_link
from municipalities.delegations import Delegation
from municipalities.models import User
from municipalities.services import origin_of
from partnerships.models import Event

Verb = Event.Verb
TO_DELEGATE = frozenset({Verb.DELEGATION_INVITED, Verb.DELEGATION_REVOKED})
TO_BOTH = frozenset({Verb.DELEGATION_REVOKED})
ANSWERS = frozenset({Verb.DELEGATION_ACCEPTED, Verb.DELEGATION_DECLINED})


def hearers_of_delegation(event: Event, delegation: Delegation) -> list[User]:
    """The delegate of an invitation, whoever gave it of the answer, the other one when it is taken back."""
    heard = []
    if event.verb in TO_DELEGATE:
        heard.append(delegation.delegate)
    if event.verb in ANSWERS | TO_BOTH:
        heard.append(delegation.mandate.user)
    return heard


def about_delegation(delegation: Delegation, person: User) -> dict[str, Any]:
    is_delegate = person.pk == delegation.delegate_id
    link = portal_link("invitations" if is_delegate else "delegates")
    label = _("Read and answer") if is_delegate and not delegation.accepted_at else _("Open the page")
    return {"delegation": delegation, "link": link, "link_label": label}


def hearers_of_person(event: Event, person: User) -> list[User]:
    return [person] if event.verb == Verb.PERSON_WELCOMED and person.is_active else []


def about_person(person: User, on: dt.date) -> dict[str, Any]:
    """What the law asks to be told (GDPR, article 14): the source, the data, the purpose, the basis and the rights."""
    coming = person.mandates.filter(period__startswith__gt=on).select_related("municipality").order_by("period", "pk")
    return {
        "origin": origin_of(person),
        "kept_for": settings.RETENTION_CONTACT,
        "held": [*person.mandates_on(on), *coming],
        "link": portal_link("preferences"),
        "link_label": _("See and change my preferences"),
    }
