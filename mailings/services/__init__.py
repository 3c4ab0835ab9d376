"""Every act on mailings and mails; nothing else writes these tables, but for the engine that delivers."""

from mailings.services.addresses import add_address, choose_language_of_address, remove_address, unsubscribe_address
from mailings.services.coverage import note_coverage
from mailings.services.errors import (
    MailingActionNotAllowed,
    NoSuchMailing,
    NotApproved,
    NotComplete,
    NotDue,
    NotMeant,
    StaleContent,
    StaleRevision,
)
from mailings.services.introductions import Place, preview_introduction
from mailings.services.letters import queue_login_code, queue_test_mail
from mailings.services.mailings import (
    ITEM_FIELDS,
    approve_mailing,
    ask_approval,
    consent_urgent,
    draft_this_week,
    draft_urgent,
    draft_weekly,
    edit_mailing,
    schedule_mailing,
    send_back_mailing,
    unschedule_mailing,
)
from mailings.services.notices import decide_notices, pass_over_undecided
from mailings.services.planning import (
    pause_run,
    plan_run,
    resume_run,
    send_mailing_now,
    send_weekly,
    settle_doubt,
    start_due_mailings,
    stop_run,
)
from mailings.services.preferences import choose_mails, resubscribe, unsubscribe
from mailings.services.proofs import tell_otherwise
from mailings.services.proposals import fetch_offers, item_from_measure, item_from_news, offers_for
from mailings.services.resends import send_again
from mailings.services.returns import RepairNotAllowed, Report, mark_address, note_refusals, record_report, repair_address
from mailings.services.reviews import comment_mailing, end_stand_in, name_stand_in, resolve_comment

__all__ = [
    "ITEM_FIELDS",
    "MailingActionNotAllowed",
    "NoSuchMailing",
    "NotApproved",
    "NotComplete",
    "NotDue",
    "NotMeant",
    "Place",
    "RepairNotAllowed",
    "Report",
    "StaleContent",
    "StaleRevision",
    "add_address",
    "approve_mailing",
    "ask_approval",
    "choose_language_of_address",
    "choose_mails",
    "comment_mailing",
    "consent_urgent",
    "decide_notices",
    "draft_this_week",
    "draft_urgent",
    "draft_weekly",
    "edit_mailing",
    "end_stand_in",
    "fetch_offers",
    "item_from_measure",
    "item_from_news",
    "mark_address",
    "name_stand_in",
    "note_coverage",
    "note_refusals",
    "offers_for",
    "pass_over_undecided",
    "pause_run",
    "plan_run",
    "preview_introduction",
    "queue_login_code",
    "queue_test_mail",
    "record_report",
    "remove_address",
    "repair_address",
    "resolve_comment",
    "resubscribe",
    "resume_run",
    "schedule_mailing",
    "send_again",
    "send_back_mailing",
    "send_mailing_now",
    "send_weekly",
    "settle_doubt",
    "start_due_mailings",
    "stop_run",
    "tell_otherwise",
    "unschedule_mailing",
    "unsubscribe",
    "unsubscribe_address",
]
