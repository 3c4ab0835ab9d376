"""What beat and the doorbell ask for. A task owns no logic: it asks the tables, by one call, what is due.

Every tick may come twice, late or not at all: the answer is in the database, so nothing is sent twice or forgotten.
"""

from contextlib import ExitStack

from celery import shared_task
from django.utils import timezone

from mailings.delivery import deliver_queue
from mailings.delivery import sweep as sweep_deliveries
from mailings.heartbeat import beat
from mailings.services import decide_notices, draft_this_week, note_coverage, note_refusals, start_due_mailings
from mailings.services.returned import take_in_mailbox
from partnerships.services.agreements import remind_of_ends
from partnerships.services.consultation_clock import remind_of_consultations
from partnerships.services.deadlines import tell_of_deadlines
from partnerships.services.minutes import remind_of_actions
from partnerships.services.plans import remind_of_measures
from partnerships.services.question_clock import tell_of_questions
from partnerships.services.spocs import begin_due_handovers
from partnerships.services.steps import announce_follow_ups
from partnerships.services.welcomes import welcome_newcomers
from partnerships.services.works import remind_of_compensation


@shared_task(name="mailings.tasks.deliver")
def deliver() -> None:
    """The doorbell: send what is due."""
    deliver_queue()


@shared_task(name="mailings.tasks.sweep")
def sweep() -> None:
    """Find what nobody holds any more."""
    sweep_deliveries()


@shared_task(name="mailings.tasks.notices")
def notices() -> None:
    """Decide who hears of what happened."""
    decide_notices(timezone.now())


@shared_task(name="mailings.tasks.calendar")
def calendar() -> None:
    """Ask each of them what its table says is due: newcomers, hand-overs, ends, mailings, drafts, the note; one never waits for another."""
    now = timezone.now()
    with ExitStack() as whatever_fails:  # the last one named goes first
        whatever_fails.callback(note_coverage, now)
        whatever_fails.callback(note_refusals, now)
        whatever_fails.callback(draft_this_week, now)
        whatever_fails.callback(start_due_mailings, now)
        whatever_fails.callback(remind_of_ends, now)
        whatever_fails.callback(announce_follow_ups, now)
        whatever_fails.callback(remind_of_consultations, now)
        whatever_fails.callback(remind_of_actions, now)
        whatever_fails.callback(tell_of_deadlines, now)
        whatever_fails.callback(tell_of_questions, now)
        whatever_fails.callback(remind_of_compensation, now)
        whatever_fails.callback(remind_of_measures, now)
        whatever_fails.callback(begin_due_handovers, now)
        whatever_fails.callback(welcome_newcomers, now)


@shared_task(name="mailings.tasks.bounces")
def bounces() -> None:
    """Look into the mailbox that mails come back to, where there is one."""
    take_in_mailbox()


@shared_task(name="mailings.tasks.heartbeat")
def heartbeat() -> None:
    beat("worker")
