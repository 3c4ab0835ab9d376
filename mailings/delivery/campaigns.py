"""The mails of mailings in sets: one claim, one look at everybody, one connection, one settling for hundreds of mails.

The same promises as mail by mail (`mailings.delivery.sending`), kept by the journal in place of two updates a mail: a line
before the dot and one after the answer. A sender that dies leaves the journal, and `reconcile` reads it when the lease is
over; until then nobody touches its rows. A run that is paused, and a lease that somebody took, are noticed within a second.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from mailings.audience import Reader, mailings_of, readers_of
from mailings.delivery import claims, journal
from mailings.delivery.claims import Claim, ClaimLost
from mailings.delivery.outcomes import Outcome, settle_fault
from mailings.delivery.pace import pace
from mailings.delivery.runs import finish_runs, forgive_runs
from mailings.delivery.wire import Wire
from mailings.dkim import signed
from mailings.models import Delivery, Mailing, RunContent
from mailings.pipeline import Letter
from mailings.rendering import CannotBeFramed, Frame, Pieces, Places, build_messages, frame_of, personal_of, pieces_of, places_on
from mailings.smtp import DeliveryFault, InDoubt, NotTaken, prepared

logger = structlog.get_logger(__name__)
FIRST_SET = 50
# A set should take a few seconds: long enough to be worth its queries, short enough for a code or notice to pass in between.
SET_SECONDS = 3
LOOK_AGAIN = 1.0  # seconds between two looks at whether the rows are still ours

CLAIM = """
WITH due AS (
    SELECT delivery.id FROM mailings_delivery AS delivery JOIN mailings_run AS run ON run.id = delivery.run_id
    WHERE delivery.state = 'pending' AND delivery.kind = 'mailing' AND delivery.next_attempt_at <= statement_timestamp()
      AND run.state NOT IN ('paused', 'stopped')
    ORDER BY delivery.priority, delivery.id LIMIT %s FOR NO KEY UPDATE OF delivery SKIP LOCKED
)
UPDATE mailings_delivery AS delivery
SET state = 'sending', claim = %s, journal = %s, attempts = attempts + 1, handed_over_at = NULL,
    lease_until = statement_timestamp() + make_interval(secs => %s)
FROM due WHERE delivery.id = due.id
RETURNING delivery.id, delivery.run_id, delivery.key, delivery.email, delivery.language, delivery.planned_at
"""
SETTLE_SENT = """
UPDATE mailings_delivery AS delivery
SET state = 'sent', sent_at = statement_timestamp(), response = said.response, claim = NULL, lease_until = NULL
FROM unnest(%s::bigint[], %s::text[]) AS said (id, response)
WHERE delivery.id = said.id AND delivery.state = 'sending' AND delivery.claim = %s
"""
STILL_MINE = """
SELECT delivery.run_id FROM mailings_delivery AS delivery JOIN mailings_run AS run ON run.id = delivery.run_id
WHERE delivery.id = %s AND delivery.state = 'sending' AND delivery.claim = %s AND run.state NOT IN ('paused', 'stopped')
  AND delivery.lease_until > statement_timestamp() + make_interval(secs => %s)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What a mail needs of its row."""

    pk: int
    run_id: int
    key: uuid.UUID
    email: str
    language: str
    planned_at: datetime


def _claim(token: uuid.UUID, limit: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit, token, journal.host(), settings.MAIL_LEASE_SECONDS])
        return sorted((Row(*row) for row in cursor.fetchall()), key=lambda row: row.pk)


class Campaigns:
    """Sends mails of mailings in sets over one wire, for one turn of a worker: what sets share is fetched once a turn."""

    def __init__(self, wire: Wire, until: float) -> None:
        self._wire = wire
        self._until = until
        self._size = min(FIRST_SET, settings.MAIL_JOURNAL_BATCH)
        self._frames: dict[tuple[int, str], Frame] = {}
        self._pieces: dict[tuple[object, ...], Pieces] = {}
        self._mailings: dict[int, Mailing] = {}
        self._places = Places({}, {})
        self._known: set[int] = set()

    @staticmethod
    def may_be_used(wire: Wire) -> bool:
        """Sets need a journal, and a connection that knows its phases."""
        return wire.is_smtp and journal.is_kept()

    def deliver_set(self) -> Outcome:
        """Claim a set, drop who need not have it any more, send the rest, settle all of it."""
        token, began = uuid.uuid4(), time.monotonic()
        rows = _claim(token, self._size)
        outcome = Outcome(claimed=len(rows))
        if not rows:
            return outcome
        claim = Claim(token, [], began + settings.MAIL_LEASE_SECONDS)
        sending = _Sending(claim, outcome, journal.Journal(token), self._until)
        try:
            self._wire.send_letters(self._letters(rows, claim, outcome), sending)
            sending.settle()
        except ClaimLost:
            logger.warning("claim_lost", claim=str(token))
            return outcome
        finally:
            sending.journal.close()
        if outcome.settled < outcome.claimed:
            claims.hand_back(claim)  # only now that all that was sent is written down
        journal.forget(token)
        runs = {row.run_id for row in rows}
        if outcome.sent and not outcome.faults:
            forgive_runs(runs)
        finish_runs(runs)
        self._adapt(len(rows), time.monotonic() - began)
        logger.info("set_done", claim=str(token), outcome=str(outcome))
        return outcome

    def _adapt(self, rows: int, seconds: float) -> None:
        """Towards sets of a few seconds, whatever the speed of the server."""
        fitting = int(rows * SET_SECONDS / max(seconds, 0.001))
        self._size = max(1, min(fitting, self._size * 4, settings.MAIL_JOURNAL_BATCH))

    # --- From rows to letters -------------------------------------------------------------------

    def _letters(self, rows: list[Row], claim: Claim, outcome: Outcome) -> Iterator[Letter]:
        today = timezone.localdate()
        readers = readers_of([row.pk for row in rows], today)
        self._learn({row.run_id for row in rows}, {held.municipality_id for reader in readers.values() for held in reader.mandates}, today)
        reasons = {row.pk: readers[row.pk].reason_against(self._mailings.get(row.run_id)) for row in rows}
        _skip(claim, outcome, {pk: reason for pk, reason in reasons.items() if reason})
        waits = pace().too_soon((row.pk, row.email) for row in rows if not reasons[row.pk])
        claims.postpone(claim, waits)
        outcome.postponed += len(waits)
        for row in rows:
            if not reasons[row.pk] and row.pk not in waits:
                try:
                    yield self._letter(row, readers[row.pk])
                except DeliveryFault as fault:
                    settle_fault(claim, outcome, _delivery(row.pk), fault)

    def _learn(self, runs: set[int], places: set[int], today: date) -> None:
        """Fetch what this turn has not seen yet."""
        if not runs <= self._mailings.keys():
            self._mailings |= mailings_of(runs)
        if not places <= self._known:
            self._known |= places
            self._places = places_on(self._known, today)
            self._pieces.clear()

    def _letter(self, row: Row, reader: Reader) -> Letter:
        """The frame filled for one person; by the book where a frame does not do. Raises DeliveryFault for a mail that cannot be made."""
        try:
            frame = self._frame(row.run_id, row.language)
            pieces = self._pieces_for(reader, row.language)
            content = frame.fill(key=row.key, email=row.email, planned_at=row.planned_at, pieces=pieces)
        except CannotBeFramed:
            return _written(row.pk)
        return Letter(row.pk, frame.sender, row.email, signed(content))

    def _frame(self, run: int, language: str) -> Frame:
        if (run, language) not in self._frames:
            contents = {content.language: content for content in RunContent.objects.filter(run=run)}
            self._frames[run, language] = frame_of(run, language, contents)
        return self._frames[run, language]

    def _pieces_for(self, reader: Reader, language: str) -> Pieces:
        """People of the same office in the same municipality who follow the same themes read the same personal part: made once a turn."""
        held = tuple((mandate.role, mandate.municipality_id) for mandate in reader.mandates)
        about = (reader.is_staff, reader.form_of_address, held, reader.themes, language)
        if about not in self._pieces:
            self._pieces[about] = pieces_of(personal_of(reader, reader.mandates, self._places, reader.themes), language)
        return self._pieces[about]


def _delivery(pk: int) -> Delivery:
    return Delivery.objects.select_related("run").get(pk=pk)


def _written(pk: int) -> Letter:
    """The mail as a message of its own, written as single mails are."""
    delivery = _delivery(pk)
    try:
        message = build_messages([delivery])[pk]
    except Exception as fault:
        logger.error("mail_not_built", delivery=pk, fault=type(fault).__name__)  # noqa: TRY400 - its words may hold personal data
        raise NotTaken("The mail could not be made.", of_server=True) from fault
    sender, [recipient], content = prepared(message)
    return Letter(pk, sender, recipient, signed(content))


def _skip(claim: Claim, outcome: Outcome, reasons: dict[int, Delivery.Skip]) -> None:
    for reason, group in groupby(sorted(reasons, key=lambda pk: reasons[pk]), key=lambda pk: reasons[pk]):
        claims.settle_skipped(claim, [Delivery(pk=pk) for pk in group], reason)
    outcome.skipped += len(reasons)


class _Sending:
    """One set on the wire: decides before each dot, writes the journal, and keeps what is to be settled at the end."""

    def __init__(self, claim: Claim, outcome: Outcome, kept: journal.Journal, until: float) -> None:
        self._claim = claim
        self._outcome = outcome
        self.journal = kept
        self._until = until
        self._looked = time.monotonic()
        self._is_taken_back = False
        self._sent: dict[int, str] = {}

    def may_go_on(self) -> bool:
        left = self._until - time.monotonic()
        if left <= 0 or self._outcome.ill or self._is_taken_back or not self._claim.has_time():
            return False
        return pace().wait(min(left, claims.SETTLING_SLACK))

    def before_dot(self, letter: Letter) -> bool:
        if not self._claim.has_time() or not self._is_still_mine(letter):
            self._is_taken_back = True
            return False
        self.journal.hand_over(letter.delivery)
        return True

    def _is_still_mine(self, letter: Letter) -> bool:
        """Asked of the database once a second: the lease, the claim, and whether somebody paused the run."""
        if time.monotonic() - self._looked < LOOK_AGAIN:
            return True
        self._looked = time.monotonic()
        try:
            with connection.cursor() as cursor:
                cursor.execute(STILL_MINE, [letter.delivery, self._claim.token, claims.margin()])
                return cursor.fetchone() is not None
        except (OperationalError, InterfaceError):
            return False

    def taken(self, letter: Letter, response: str) -> None:
        self.journal.answer(letter.delivery, response)
        self._sent[letter.delivery] = response
        self._outcome.count_sent()

    def not_taken(self, letter: Letter, fault: DeliveryFault) -> None:
        if not isinstance(fault, InDoubt):
            self.journal.turn_down(letter.delivery)
        if settle_fault(self._claim, self._outcome, _delivery(letter.delivery), fault):
            self._is_taken_back = True  # its run paused over it: the rest goes back

    def settle(self) -> None:
        """Write down in one statement all that was answered; raises ClaimLost when somebody took the rows meanwhile."""
        if not self._sent:
            return
        said = [list(self._sent), list(self._sent.values()), self._claim.token]
        if claims.rows_changed_durably(SETTLE_SENT, said) != len(self._sent):
            raise ClaimLost
