"""Mails about people themselves: a delegation offered, answered or taken back; and the word to whoever was entered by others."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailings.audience import staff_with
from mailings.models import Addressee
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


def hearers_of_person(event: Event, person: User | Addressee) -> list[User]:
    """A newcomer hears of the welcome; editors of who reported mail as unwanted, for a complaint is about what they write."""
    if event.verb == Verb.ADDRESS_COMPLAINED:
        return list(staff_with("mailings.send_mailing"))
    is_greeted = event.verb == Verb.PERSON_WELCOMED and isinstance(person, User) and person.is_active
    return [person] if is_greeted else []  # type: ignore[list-item]


def about_complaint(who: User | Addressee) -> dict[str, Any]:
    """Who complained, by name, and the page that knows more of them; nothing but the name in the mail."""
    if isinstance(who, User):
        return {
            "who": who.full_name,
            "link": portal_link("admin:municipalities_official_change", who.pk),
            "link_label": _("Open their page"),
        }
    link = portal_link("admin:mailings_mailing_change", who.mailing_id)
    return {"who": who.name, "link": link, "link_label": _("Open the mailing in the administration")}


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
