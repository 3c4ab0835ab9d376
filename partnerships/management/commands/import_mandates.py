"""Turn the colleges over from a file: a dry run, the import, or the undoing of the last one."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.models import User
from municipalities.turnover.faults import UnreadableFile
from municipalities.turnover.models import Turnover
from municipalities.turnover.plans import Kind, Move, Plan
from municipalities.turnover.undoing import UndoRefused
from municipalities.turnover.uploads import plan_of, upload_turnover
from partnerships.services.turnovers import TurnoverNotAllowed, apply_turnover, undo_turnover

BAD_CALL, UNREADABLE, FAULTS, QUESTIONS, UNDO_REFUSED, NOT_ALLOWED = 2, 3, 4, 5, 6, 7


class Command(BaseCommand):
    help = (
        "Import the colleges of a CSV or XLSX file: all of it or nothing. --dry-run shows who comes, stays, changes and goes. "
        "Rows whose person is not certain are listed and nothing is written, until the column “Known person” answers: "
        "the address of the person already known, or “new”. --undo takes the last import back. "
        "Exit codes: 0 done, 2 wrong call, 3 unreadable file, 4 faults, 5 questions, 6 undoing refused, 7 not allowed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen, and write nothing")
        parser.add_argument("--from", dest="first_day", metavar="2026-12-01", help="first day, for rows that give none")
        parser.add_argument("--by", metavar="EMAIL", help="the member of staff who imports; without it the portal itself")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en", help="of what is printed")
        parser.add_argument("--undo", action="store_true", help="take the last import back")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            by = _member_of_staff(options["by"])
            try:
                if options["undo"]:
                    self._undo(by)
                else:
                    self._import(by, options)
            except TurnoverNotAllowed as error:
                raise CommandError(_("%(email)s may not import colleges.") % {"email": options["by"]}, returncode=NOT_ALLOWED) from error

    def _import(self, by: User | None, options: dict[str, Any]) -> None:
        """Everything in one transaction: a refusal or a dry run leaves no trace, not even the file."""
        path = Path(options["file"] or "")
        if not options["file"] or not path.is_file():
            raise CommandError(_("There is no file “%(name)s”.") % {"name": options["file"] or ""}, returncode=BAD_CALL)
        with transaction.atomic():
            try:
                turnover = upload_turnover(_read(path), name=path.name, by=by, first_day=_day(options["first_day"]))
            except UnreadableFile as error:
                raise CommandError(str(error), returncode=UNREADABLE) from error
            plan = plan_of(turnover)
            self._refuse(plan)
            self._show(plan)
            if options["dry_run"]:
                transaction.set_rollback(True)
            else:
                apply_turnover(turnover, by=by, shown=plan.fingerprint)
        self.stdout.write(_("Dry run: nothing was written.") if options["dry_run"] else _("Imported."))

    def _undo(self, by: User | None) -> None:
        turnover = Turnover.objects.standing().order_by("-applied_at").first()
        if turnover is None:
            raise CommandError(_("There is no import to undo."), returncode=UNDO_REFUSED)
        try:
            undo_turnover(turnover, by=by)
        except UndoRefused as error:
            raise CommandError(_lines(_("Not undone:"), error.reasons), returncode=UNDO_REFUSED) from error
        self.stdout.write(_("Undone: %(name)s.") % {"name": turnover})

    def _refuse(self, plan: Plan) -> None:
        """Faults and questions together, so that one look at the file settles both."""
        if plan.is_ready:
            return
        lines = [_fault_words(fault.row, fault.column, fault.reason) for fault in plan.faults]
        lines += [_question_words(question) for question in plan.questions]
        head = ngettext(
            "Nothing was imported. %(count)d row or cell needs you:", "Nothing was imported. %(count)d rows or cells need you:", len(lines)
        )
        raise CommandError(_lines(head % {"count": len(lines)}, lines), returncode=FAULTS if plan.faults else QUESTIONS)

    def _show(self, plan: Plan) -> None:
        for college in plan.colleges:
            day = {"municipality": college.municipality, "day": date_format(college.first_day, "DATE_FORMAT")}
            self.stdout.write(_("%(municipality)s, from %(day)s") % day)
            for move in college.moves:
                self.stdout.write(f"  {move.kind.label}: {_move_words(move)}")
        self.stdout.write(", ".join(f"{kind.label}: {plan.counts[kind.value]}" for kind in Kind))
        if plan.ignored:
            self.stdout.write(_("Columns that were not read: %(names)s.") % {"names": ", ".join(plan.ignored)})


def _member_of_staff(email: str | None) -> User | None:
    if email is None:
        return None
    person = User.objects.staff().filter(email__iexact=email).first()
    if person is None:
        raise CommandError(_("%(email)s is no member of staff.") % {"email": email}, returncode=BAD_CALL)
    return person


def _read(path: Path) -> bytes:
    """No more than is judged: a file that is too large is not read to its end."""
    with path.open("rb") as file:
        return file.read(settings.TURNOVER_FILE_BYTES + 1)


def _day(words: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words) if words else None
    except ValueError as error:
        reason = _("“%(words)s” is not a day; write it like 2026-12-01 or 01/12/2026.") % {"words": words}
        raise CommandError(reason, returncode=BAD_CALL) from error


def _lines(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(f"  {line}" for line in lines)])


def _fault_words(row: int | None, column: object, reason: str) -> str:
    if row is None:
        return f"{column}: {reason}" if column else reason
    return _("row %(row)d, %(column)s: %(reason)s") % {"row": row, "column": column, "reason": reason}


def _question_words(question: Any) -> str:
    known = ", ".join(f"{person} <{person.email}>" for person in question.candidates)
    words = {"row": question.entry.row, "name": question.entry.full_name, "email": question.entry.email, "known": known}
    if question.may_be_new:
        return (
            _("row %(row)d: is %(name)s <%(email)s> the same person as %(known)s? Answer in “Known person”: an address, or “new”.") % words
        )
    return _("row %(row)d: is %(name)s <%(email)s> the same person as %(known)s? If so, put that address in “Known person”.") % words


def _move_words(move: Move) -> str:
    words = [move.name, " → ".join(part for part in (move.old_words, move.new_words) if part)]
    if move.ends:
        words.append(_("until %(day)s") % {"day": date_format(move.last_day, "DATE_FORMAT")})
    words += [f"{name}: {old or '–'} → {new or '–'}" for name, old, new in move.shown_changes]
    return " · ".join(words)
