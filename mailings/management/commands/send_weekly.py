"""Send the weekly mailing of one ISO week, when it is due or at once; asked again, it changes nothing."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mailings.models import Mailing
from mailings.services import MailingActionNotAllowed, NoSuchMailing, NotApproved, NotDue, send_weekly

BAD_WEEK, NO_SUCH_MAILING, NOT_APPROVED, NOT_DUE, NOT_NOW = 2, 3, 4, 5, 6
ISO_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class Command(BaseCommand):
    help = (
        "Send the weekly mailing of an ISO week (for example 2026-W48) if its hour has come, or at once with --now. Idempotent. "
        "Exit codes: 0 sent or being sent, 2 no such week, 3 no mailing for that week, 4 not approved, 5 not due, 6 not in this state."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--week", required=True, metavar="2026-W48", help="ISO year and week")
        parser.add_argument("--now", action="store_true", help="send an approved mailing at once, whatever its hour")

    def handle(self, *args: Any, **options: Any) -> None:
        label = options["week"]
        year, week = _year_and_week(label)
        gone_out = Mailing.objects.sent().filter(kind=Mailing.Kind.WEEKLY, iso_year=year, iso_week=week).exists()
        try:
            run = send_weekly(year=year, week=week, now=timezone.now(), at_once=options["now"])
        except ValueError as wrong:
            raise CommandError(f"{label}: the year {year} has no week {week}.", returncode=BAD_WEEK) from wrong
        except NoSuchMailing as none:
            raise CommandError(f"{label}: there is no weekly mailing for that week.", returncode=NO_SUCH_MAILING) from none
        except NotApproved as unapproved:
            raise CommandError(
                f"{label}: not sent, the content as it stands now is not approved (state: {unapproved.mailing.state}).",
                returncode=NOT_APPROVED,
            ) from unapproved
        except NotDue as early:
            raise CommandError(f"{label}: not sent, {_why_not_due(str(early))}", returncode=NOT_DUE) from early
        except MailingActionNotAllowed as refused:
            raise CommandError(f"{label}: cannot be sent while it is {refused.mailing.state}.", returncode=NOT_NOW) from refused
        if gone_out:
            self.stdout.write(f"{label}: already {run.mailing.state} since {run.planned_at:%Y-%m-%d %H:%M} UTC; nothing to do.")
        else:
            self.stdout.write(f"{label}: sending started, {run.deliveries.count()} mails planned.")


def _year_and_week(label: str) -> tuple[int, int]:
    match = ISO_WEEK.fullmatch(label)
    if match is None:
        raise CommandError(f"“{label}” is not an ISO week; write it like 2026-W48.", returncode=BAD_WEEK)
    return int(match[1]), int(match[2])


def _why_not_due(held: str) -> str:
    """The reason in a sentence: not yet, or held just now because it was too late or nobody would receive it."""
    if held:
        return f"it is held from now on: {Mailing.HeldReason(held).label} Use --now to send it all the same."
    return "its hour has not come or was not set. Use --now to send it at once."
