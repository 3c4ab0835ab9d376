"""Who stands where on a day: the one place where mandates and delegations turn into what a person may see and do."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, CharField, DateTimeField, OuterRef, Subquery, Value

from municipalities.delegations import Delegation, Standing

if TYPE_CHECKING:
    from municipalities.models import Mandate, Municipality

NOT_DELEGATED = {
    "delegation_id": Value(None, output_field=BigIntegerField()),
    "delegation_scope": Value("", output_field=CharField()),
    "delegation_accepted": Value(None, output_field=DateTimeField()),
}


def _standing(mandate: Any) -> tuple[Standing, bool]:
    """A standing, and whether it was answered: a mandate of one's own needs no answer."""
    is_answered = mandate.delegation_id is None or mandate.delegation_accepted is not None
    return Standing(mandate, mandate.delegation_id, mandate.delegation_scope), is_answered


class Stands:
    """What a person is on a day, by dates and switches alone; part of User, and of nothing else."""

    pk: Any
    mandates: Any
    is_active: Any
    is_staff: Any
    is_cabinet_reviewer: Any

    def has_access(self, on: dt.date) -> bool:
        """Whether the portal lets this person in on that day, by dates and switches alone; an invitation lets in to answer it."""
        if not self.is_active:
            return False
        return self.is_staff or self.is_cabinet_reviewer or bool(self.standings_on(on) or self.invitations_on(on))

    def standings_on(self, on: dt.date) -> list[Standing]:
        """THE rule of who acts where: own mandates first, then delegations accepted and in force."""
        return [standing for standing, is_answered in self._stood_on(on) if is_answered]

    def invitations_on(self, on: dt.date) -> list[Standing]:
        """The delegations this person was invited to and has not answered; they allow nothing yet."""
        return [standing for standing, is_answered in self._stood_on(on) if not is_answered]

    def mandates_on(self, on: dt.date) -> list["Mandate"]:
        """The mandates this person holds on that day, with their municipalities."""
        return [standing.mandate for standing in self.standings_on(on) if standing.is_own]

    def municipality_ids_on(self, on: dt.date) -> list[int]:
        """Where the person may at least read on that day, each once."""
        return list({standing.mandate.municipality_id: None for standing in self.standings_on(on)})

    def reach_on(self, on: dt.date) -> tuple[list[int], list[int]]:
        """Where the person sees every request that day, and where only those they made: a limited delegation, and nothing wider."""
        standings = self.standings_on(on)
        whole = {standing.mandate.municipality_id for standing in standings if not standing.is_limited}
        limited = {standing.mandate.municipality_id for standing in standings if standing.is_limited}
        return sorted(whole), sorted(limited - whole)

    def municipalities_on(self, on: dt.date, *, writing: bool = False) -> list["Municipality"]:
        """The municipalities in which the person stands that day, each once; with `writing` only where they may write."""
        found = [standing for standing in self.standings_on(on) if standing.may_write or not writing]
        return list({standing.mandate.municipality_id: standing.municipality for standing in found}.values())

    def _stood_on(self, on: dt.date) -> list[tuple[Standing, bool]]:
        """Asked once per object and day, in one query: own mandates, and those of others delegated to this person."""
        known: dict[dt.date, list[tuple[Standing, bool]]] = self.__dict__.setdefault("_known_standings", {})
        if on not in known:
            known[on] = [_standing(mandate) for mandate in self._mandates_own_and_delegated(on)]
        return known[on]

    def _mandates_own_and_delegated(self, on: dt.date) -> list["Mandate"]:
        given = Delegation.objects.live(on).filter(mandate=OuterRef("pk"), delegate=self.pk)
        delegated = {
            "delegation_id": Subquery(given.values("pk")[:1], output_field=BigIntegerField()),
            "delegation_scope": Subquery(given.values("scope")[:1], output_field=CharField()),
            "delegation_accepted": Subquery(given.values("accepted_at")[:1], output_field=DateTimeField()),
        }
        others = Delegation.objects.live(on).filter(delegate=self.pk).values("mandate")
        related = self.mandates.model.objects.order_by().select_related("municipality", "user")
        own = related.filter(user=self.pk, period__contains=on).annotate(**NOT_DELEGATED)
        found = own.union(related.filter(pk__in=others).annotate(**delegated), all=True)
        return sorted(found, key=lambda mandate: (mandate.delegation_id or 0, mandate.pk))
