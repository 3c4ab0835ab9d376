"""Everything the register holds on one municipality, for its page: asked in one query, whatever there is of it.

What belongs to it comes as JSON of subqueries and becomes the rows of the models again, so that names, labels and languages
are read by the same rules as everywhere; such rows are for reading and are never saved.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Expression, OuterRef, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from municipalities.associations import Association, AssociationContact, AssociationStage
from municipalities.models import Mandate, Municipality, User
from municipalities.places import Neighbourhood, Street

RANKS = [str(role) for role in Mandate.Role]  # the order in which people are named: mayor, aldermen, secretary, officers


@dataclass(frozen=True)
class AssociationPortrait:
    """An association with its stages, newest first, the contacts this reader may see, and what the caller asked for beside."""

    association: Association
    stages: list[AssociationStage]
    contacts: list[AssociationContact]
    more: dict[str, Any]

    @property
    def now(self) -> AssociationStage | None:
        return self.stages[0] if self.stages else None

    @property
    def earlier(self) -> list[AssociationStage]:
        return self.stages[1:]


@dataclass(frozen=True)
class Portrait:
    """A municipality on a day, as far as this reader may see it."""

    municipality: Municipality
    other_outlines: list[str]
    quarters: list[tuple[Neighbourhood | None, list[Street]]]
    associations: list[AssociationPortrait]
    mandates: list[Mandate]

    @property
    def has_streets(self) -> bool:
        return any(streets for _quarter, streets in self.quarters)


def portraits(user: User, on: dt.date, more_of_associations: Mapping[str, str | Expression] | None = None) -> QuerySet[Municipality]:
    """Municipalities the reader may see, with all that `drawn` needs; `more_of_associations` names further columns of theirs."""
    return Municipality.objects.visible_to(user, on).annotate(
        other_outlines=ArraySubquery(
            Municipality.objects.exclude(outline="").exclude(pk=OuterRef("pk")).order_by("pk").values("outline"),
        ),
        quarter_rows=_rows(Neighbourhood.objects.sorted_for_reader(), fr="name_fr", nl="name_nl", pk="pk"),
        street_rows=_rows(
            Street.objects.filter(kind=Street.Kind.SHOPPING).sorted_for_reader(), fr="name_fr", nl="name_nl", quarter="neighbourhood"
        ),
        association_rows=_associations(user, on, more_of_associations or {}),
        mandate_rows=_rows(
            Mandate.objects.in_force(on).order_by("user__last_name", "pk"),
            pk="pk",
            role="role",
            portfolios="portfolios",
            user="user",
            **{name: f"user__{name}" for name in ("first_name", "last_name", "email")},
        ),
    )


def _rows(rows: QuerySet[Any], **columns: Any) -> ArraySubquery:
    return ArraySubquery(rows.filter(municipality=OuterRef("pk")).values(row=JSONObject(**columns)))


def _associations(user: User, on: dt.date, more: Mapping[str, Any]) -> ArraySubquery:
    """A contact is shown to officials only with the contact's consent."""
    shown = Q() if user.is_staff else Q(has_consented=True)
    stages = AssociationStage.objects.filter(association=OuterRef("pk"), since__lte=on).order_by("-since")
    contacts = AssociationContact.objects.filter(shown, association=OuterRef("pk")).order_by("name", "pk")
    written = {name: name for name in ("name", "function", "email", "phone")}
    return _rows(
        Association.objects.visible_to(user, on).order_by("sort_key", "pk"),
        **{name: name for name in ("pk", "name", "website", "enterprise_number")},
        stages=ArraySubquery(stages.values(row=JSONObject(state="state", since="since"))),
        contacts=ArraySubquery(contacts.values(row=JSONObject(**written))),
        more=JSONObject(**more) if more else Value(None),
    )


def drawn(municipality: Any) -> Portrait:
    """The portrait of a municipality that came from `portraits`."""
    mandates = [_mandate(row) for row in municipality.mandate_rows]
    return Portrait(
        municipality=municipality,
        other_outlines=municipality.other_outlines if municipality.outline else [],
        quarters=_quarters(municipality.quarter_rows, municipality.street_rows),
        associations=[_association(row) for row in municipality.association_rows or ()],  # NULL where the reader may see none
        mandates=sorted(mandates, key=lambda mandate: RANKS.index(mandate.role)),
    )


def _quarters(quarters: list[Any], streets: list[Any]) -> list[tuple[Neighbourhood | None, list[Street]]]:
    """Each neighbourhood with its streets; streets of none come last."""
    named = [(row["pk"], Neighbourhood(name_fr=row["fr"], name_nl=row["nl"])) for row in quarters]
    placed: list[tuple[int | None, Neighbourhood | None]] = [*named, (None, None)]
    found = [(quarter, [Street(name_fr=row["fr"], name_nl=row["nl"]) for row in streets if row["quarter"] == pk]) for pk, quarter in placed]
    return [(quarter, own) for quarter, own in found if quarter or own]


def _association(row: dict[str, Any]) -> AssociationPortrait:
    stages = [AssociationStage(state=one["state"], since=dt.date.fromisoformat(one["since"])) for one in row.pop("stages")]
    contacts = [AssociationContact(**one) for one in row.pop("contacts")]
    more = row.pop("more") or {}
    return AssociationPortrait(Association(**row), stages, contacts, more)


def _mandate(row: dict[str, Any]) -> Mandate:
    person = User(pk=row["user"], first_name=row["first_name"], last_name=row["last_name"], email=row["email"])
    return Mandate(pk=row["pk"], role=row["role"], portfolios=row["portfolios"], user=person)
