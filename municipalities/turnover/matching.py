"""Who is meant: a person already known, a new one, or a question that a human answers.

The same address and the same name (accents, capitals and order aside) are the same person. Everything less is asked: the
same address under another name, or another address under a name like that of somebody known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.postgres.lookups import Unaccent
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from municipalities.models import Mandate, User
from municipalities.turnover.columns import Column, plain, unaccented
from municipalities.turnover.faults import Fault
from municipalities.turnover.rows import NEW_PERSON, Entry

ALIKE = 0.55  # of all trigrams of both names; below it members of one family would be asked about
ASKED_AT_MOST = 5


@dataclass(frozen=True)
class Question:
    """A row whose person is not certain; `may_be_new` unless the address itself is somebody's."""

    entry: Entry
    candidates: list[User]
    may_be_new: bool


@dataclass
class Matches:
    """By row: the person meant, None for a new one; rows with a question or a fault are in neither."""

    people: dict[int, User | None] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def match_people(entries: Iterable[Entry], decisions: Mapping[str, str]) -> Matches:
    """Find who each row means, in a fixed number of queries; `decisions` by row: 'new' or the number of a person."""
    whole = [entry for entry in entries if entry.is_whole]
    return _Matching(whole, decisions).settle()


def trigrams(name: str) -> set[str]:
    """As PostgreSQL's pg_trgm cuts them: two blanks before each word and one behind."""
    padded = [f"  {word} " for word in plain(name).split()]
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}


def likeness(one: str, other: str) -> float:
    """The share of trigrams two names have in common: 1 for the same words in any order, 0 for nothing alike."""
    of_one, of_other = trigrams(one), trigrams(other)
    return len(of_one & of_other) / len(of_one | of_other) if of_one and of_other else 0.0


def same_name(one: str, other: str) -> bool:
    """The same words, accents, capitals, hyphens and order aside."""
    return bool(plain(one)) and sorted(plain(one).split()) == sorted(plain(other).split())


class _Matching:
    def __init__(self, entries: list[Entry], decisions: Mapping[str, str]) -> None:
        self.entries = entries
        self.decisions = decisions
        self.matches = Matches()
        self._load()

    def _load(self) -> None:
        addresses = {address for entry in self.entries for address in (entry.email, entry.person) if "@" in address}
        held = Mandate.objects.filter(municipality__in={entry.municipality for entry in self.entries})
        names = {unaccented(entry.last_name) for entry in self.entries}
        known = User.objects.annotate(address=Lower("email"), plain_name=Lower(Unaccent("last_name")))
        wanted = Q(address__in=addresses) | Q(pk__in=held.values("user")) | Q(plain_name__in=names) | Q(pk__in=self._decided())
        self.people = {person.pk: person for person in known.filter(wanted).order_by("last_name", "first_name", "pk")}
        self.by_email = {person.email.lower(): person for person in self.people.values()}
        self.places: dict[int, set[int]] = defaultdict(set)
        for user_id, municipality_id in Mandate.objects.filter(user__in=self.people).values_list("user", "municipality").order_by("pk"):
            self.places[user_id].add(municipality_id)

    def _decided(self) -> set[int]:
        return {int(word) for word in self.decisions.values() if word.isdecimal()}

    def settle(self) -> Matches:
        self.taken = {self.by_email[entry.email].pk for entry in self.entries if self._is_sure(entry)}
        for entry in self.entries:
            self._settle(entry)
        self._refuse_two_addresses()
        return self.matches

    def _is_sure(self, entry: Entry) -> bool:
        holder = self.by_email.get(entry.email)
        return holder is not None and same_name(holder.full_name, entry.full_name)

    def _settle(self, entry: Entry) -> None:
        holder = self.by_email.get(entry.email)
        decided = self._decision(entry)
        if decided is None:
            return
        if holder:
            self._settle_known_address(entry, holder, decided)
        elif isinstance(decided, User):
            self.matches.people[entry.row] = decided
        elif decided == NEW_PERSON:
            self.matches.people[entry.row] = None
        elif candidates := self._candidates(entry):
            self.matches.questions.append(Question(entry, candidates, may_be_new=True))
        else:
            self.matches.people[entry.row] = None

    def _decision(self, entry: Entry) -> User | str | None:
        """The human's answer for this row: a person, 'new', or '' when nobody answered; None after a fault."""
        answer = self.decisions.get(str(entry.row), "")
        if answer == NEW_PERSON:
            return NEW_PERSON
        if answer.isdecimal() and (person := self.people.get(int(answer))):
            return self._official(entry, person, Column.PERSON)
        if "@" not in entry.person:
            return entry.person
        person = self.by_email.get(entry.person)
        if person is None and self._is_sure(entry):
            return ""  # the file was imported before: the person has the new address by now
        if person is None:
            self._refuse(entry, Column.PERSON, _("Nobody with the address %(email)s is known.") % {"email": entry.person})
            return None
        return self._official(entry, person, Column.PERSON)

    def _official(self, entry: Entry, person: User, column: Column) -> User | None:
        """The agency's own people and the cabinet's are no members of a college."""
        if not person.is_staff and not person.is_cabinet_reviewer:
            return person
        self._refuse(
            entry, column, _("%(name)s works for the agency or the cabinet, and cannot be a member of a college.") % {"name": person}
        )
        return None

    def _settle_known_address(self, entry: Entry, holder: User, decided: User | str) -> None:
        if self._official(entry, holder, Column.EMAIL) is None:
            return
        words = {"email": entry.email, "name": holder}
        if decided == NEW_PERSON or (isinstance(decided, User) and decided.pk != holder.pk):
            self._refuse(entry, Column.EMAIL, _("%(email)s is the address of %(name)s already.") % words)
        elif isinstance(decided, User) or same_name(holder.full_name, entry.full_name):
            self.matches.people[entry.row] = holder
        else:
            self.matches.questions.append(Question(entry, [holder], may_be_new=False))

    def _candidates(self, entry: Entry) -> list[User]:
        """Names like this one in the same municipality, and this very name anywhere, whoever another row is sure of left out."""
        here = entry.municipality.pk if entry.municipality else None
        ranked = [
            (likeness(person.full_name, entry.full_name), person)
            for person in self.people.values()
            if person.pk not in self.taken and not person.is_staff and not person.is_cabinet_reviewer
        ]
        alike = [
            (rank, person)
            for rank, person in ranked
            if same_name(person.full_name, entry.full_name) or (rank >= ALIKE and here in self.places[person.pk])
        ]
        return [person for _rank, person in sorted(alike, key=lambda found: (-found[0], found[1].pk))[:ASKED_AT_MOST]]

    def _refuse_two_addresses(self) -> None:
        """One person has one address, whatever the rows and the answers say."""
        rows = {entry.row: entry for entry in self.entries}
        first: dict[int, Entry] = {}
        for row, person in self.matches.people.items():
            if person is None:
                continue
            entry, earlier = rows[row], first.setdefault(person.pk, rows[row])
            words = {"name": person, "row": earlier.row}
            if entry.email != earlier.email:
                self._refuse(entry, Column.EMAIL, _("%(name)s is meant in row %(row)d too, with another address.") % words)

    def _refuse(self, entry: Entry, column: Column, reason: str) -> None:
        self.matches.faults.append(Fault(entry.row, column, reason))
