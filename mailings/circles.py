"""Who receives a mailing beside people with an account: institutions, associations, extra addresses; and who does not, and why."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mailings.audience import chosen_for, left_out_of, mandates_chosen, recipients_of
from mailings.models import AddressChoice, Addressee, Mailing
from municipalities.associations import Association, AssociationContact
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Municipality, User

Circle = Addressee.Circle
NOT_WRITTEN_TO = frozenset({Association.State.DORMANT})


@dataclass(frozen=True)
class LeftOut:
    """Somebody the mailing is meant for who gets none: who, why, and the form that repairs it."""

    name: str
    place: str
    why: Any
    url: str
    act: Any


@dataclass(frozen=True)
class Listed:
    """One who receives it, as the list before sending shows them."""

    name: str
    why: Any
    email: str
    language: str

    @property
    def language_label(self) -> Any:
        return CorrespondenceLanguage(self.language).label


@dataclass(frozen=True)
class Circles:
    """The addresses a mailing would go to beside people's, each once, and what keeps others from it."""

    addressees: list[Addressee]
    left_out: list[LeftOut]


def circles_of(mailing: Mailing, on: dt.date) -> Circles:
    """Without the addresses of people who receive it anyway; a fixed number of queries, whatever the size."""
    found = list(mailing.addressees.filter(circle=Circle.EXTRA).order_by("pk")) if mailing.pk else []
    left: list[LeftOut] = []
    if Circle.INSTITUTION in mailing.audience_circles:
        _institutions(mailing, found, left)
    if Circle.ASSOCIATION in mailing.audience_circles:
        _associations(mailing, on, found, left)
    return _each_once(mailing, on, found, left) if found else Circles(found, left)


def _institutions(mailing: Mailing, found: list[Addressee], left: list[LeftOut]) -> None:
    for place in _places(mailing).sorted_for_reader():
        if place.mail_address:
            found.append(
                Addressee(mailing=mailing, circle=Circle.INSTITUTION, email=place.mail_address, name=place.both_names, municipality=place)
            )
        else:
            url = reverse("admin:municipalities_municipality_change", args=[place.pk]) + "#id_mail_address"
            left.append(LeftOut(str(Circle.INSTITUTION.label), str(place), _("no address"), url, _("Enter the general address")))


def _places(mailing: Mailing) -> Any:
    places = Municipality.objects.defer("outline")
    return places.filter(pk__in=mailing.audience_municipalities) if mailing.audience_municipalities else places


def _associations(mailing: Mailing, on: dt.date, found: list[Addressee], left: list[LeftOut]) -> None:
    """Contacts who agreed to be listed, of associations that are not dormant that day."""
    with_state: Any = Association.objects.with_state(on)
    alive = with_state.filter(municipality__in=_places(mailing).order_by()).exclude(state__in=NOT_WRITTEN_TO)
    contacts = AssociationContact.objects.filter(association__in=alive.order_by().values("pk"))
    for contact in contacts.select_related("association__municipality").defer("association__municipality__outline").order_by("pk"):
        association = contact.association
        if contact.email and contact.has_consented:
            name = f"{contact.name} ({association.name})"
            found.append(
                Addressee(
                    mailing=mailing,
                    circle=Circle.ASSOCIATION,
                    email=contact.email,
                    name=name,
                    municipality=association.municipality,
                    contact=contact,
                )
            )
        else:
            why = _("has not agreed to be listed") if contact.email else _("no address")
            url = reverse("admin:municipalities_association_change", args=[association.pk])
            who = f"{contact.name} ({association.name})"
            left.append(LeftOut(who, str(association.municipality), why, url, _("Open the association")))


def _each_once(mailing: Mailing, on: dt.date, found: Iterable[Addressee], left: list[LeftOut]) -> Circles:
    """An address of a person who is meant is theirs alone; of the others the first keeps it. What an address chose holds."""
    emails = {one.email.lower() for one in found}
    taken = {email.lower() for email in chosen_for(mailing, on).filter(email__in=_spellings(found)).values_list("email", flat=True)}
    choices = {one.email.lower(): one for one in AddressChoice.objects.filter(email__in=emails)}
    kept = []
    for one in found:
        email = one.email.lower()
        if email in taken:
            continue
        taken.add(email)
        choice = choices.get(email)
        if choice and choice.unsubscribed_at:
            left.append(LeftOut(one.name, str(one.municipality or ""), _("unsubscribed"), *_form_of(one)))
            continue
        if choice and choice.language and one.circle != Circle.INSTITUTION:
            one.language = choice.language
        kept.append(one)
    return Circles(kept, left)


def _spellings(found: Iterable[Addressee]) -> set[str]:
    """People's addresses are kept in small letters."""
    return {one.email for one in found} | {one.email.lower() for one in found}


def _form_of(one: Addressee) -> tuple[str, Any]:
    if one.contact:
        return reverse("admin:municipalities_association_change", args=[one.contact.association_id]), _("Open the association")
    if one.municipality:
        url = reverse("admin:municipalities_municipality_change", args=[one.municipality.pk])
        return f"{url}#id_mail_address", _("Enter another address")
    return reverse("admin:mailings_mailing_audience", args=[one.mailing.pk]) + "#extra", _("Enter another address")


# --- People -------------------------------------------------------------------------------------


def people_listed(mailing: Mailing, people: Iterable[User], on: dt.date) -> list[Listed]:
    """The people of one page of the list, with the mandates for which each receives it."""
    keys = [person.pk for person in people]
    held: dict[int, list[str]] = {key: [] for key in keys}
    chosen = mandates_chosen(mailing, on).filter(user__in=keys).select_related("municipality").defer("municipality__outline")
    for mandate in chosen.order_by("pk"):
        held[mandate.user_id].append(f"{mandate.get_role_display()}, {mandate.municipality}")
    return [
        Listed(
            f"{one.last_name}, {one.first_name}", "; ".join(held[one.pk]) or _("the agency's team"), one.email, one.correspondence_language
        )
        for one in people
    ]


def people_left_out(mailing: Mailing, on: dt.date) -> list[LeftOut]:
    """People meant who get no mail, each with their page, where the address and the access are repaired."""
    page, act = "admin:municipalities_official_change", _("Open the person")
    return [LeftOut(str(one.user), "", one.reason.label, reverse(page, args=[one.user.pk]), act) for one in left_out_of(mailing, on)]


# --- All of them --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """How many mails of which language would go out, and to whom none."""

    people: int
    addressees: list[Addressee]
    by_language: list[tuple[Any, int]]
    left_out: list[LeftOut]

    @property
    def total(self) -> int:
        return self.people + len(self.addressees)


def counted_of(mailing: Mailing, on: dt.date) -> Counted:
    """What a mailing with this rule, saved or not, would amount to on that day."""
    rows = recipients_of(mailing, on).order_by().values_list("correspondence_language").annotate(count=Count("pk"))
    per_language: Counter[str] = Counter(dict(rows))
    people, circles = per_language.total(), circles_of(mailing, on)
    per_language.update(one.language for one in circles.addressees)
    by_language = [(language.label, per_language[language.value]) for language in CorrespondenceLanguage]
    return Counted(people, circles.addressees, by_language, people_left_out(mailing, on) + circles.left_out)


def listed_in(addressees: Iterable[Addressee]) -> list[Listed]:
    """Addresses without an account, as the list shows them; of an extra one the reason."""
    return [Listed(one.name, one.reason or one.get_circle_display(), one.email, one.language) for one in addressees]
