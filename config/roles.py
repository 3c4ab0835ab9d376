"""The roles of staff and reviewers, as groups with permissions; `sync_roles` writes them to the database."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

SPOC = "spoc"
LEAD = "lead"
EDITOR = "editor"
CABINET = "cabinet"
ADMINISTRATOR = "administrator"

READ_REGISTER = (
    "municipalities.view_municipality",
    "municipalities.view_user",
    "municipalities.view_official",
    "municipalities.view_mandate",
    "municipalities.view_street",
    "municipalities.view_association",
    "municipalities.view_associationstage",
    "municipalities.view_associationcontact",
    "partnerships.view_agreement",
    "partnerships.view_agreementsignatory",
    "partnerships.view_agreementamendment",
    "partnerships.view_theme",
    "partnerships.view_spocassignment",
)
WRITE_REGISTER = (
    "municipalities.change_municipality",
    "municipalities.add_official",
    "municipalities.change_official",
    "municipalities.add_mandate",
    "municipalities.change_mandate",
    "municipalities.add_association",
    "municipalities.change_association",
    "municipalities.add_associationstage",
    "municipalities.change_associationstage",
    "municipalities.delete_associationstage",
    "municipalities.add_associationcontact",
    "municipalities.change_associationcontact",
    "municipalities.delete_associationcontact",
    "partnerships.add_agreement",
    "partnerships.change_agreement",
    "partnerships.add_agreementsignatory",
    "partnerships.change_agreementsignatory",
    "partnerships.delete_agreementsignatory",
    "partnerships.add_agreementamendment",
    "partnerships.change_agreementamendment",
    "partnerships.add_spocassignment",
    "partnerships.change_spocassignment",
    "partnerships.delete_spocassignment",
)
REQUESTS = (
    "partnerships.view_servicerequest",
    "partnerships.handle_servicerequest",
    "partnerships.view_event",
    "partnerships.view_rating",
    "partnerships.view_libraryitem",
    "partnerships.add_libraryitem",
    "partnerships.change_libraryitem",
    "partnerships.view_libraryfigure",
    "partnerships.add_libraryfigure",
    "partnerships.change_libraryfigure",
    "partnerships.delete_libraryfigure",
    "partnerships.view_requeststep",
    "partnerships.view_steptemplate",
    "partnerships.add_steptemplate",
    "partnerships.change_steptemplate",
    "partnerships.delete_steptemplate",
    "partnerships.view_deadlinetarget",
    "partnerships.view_partnerorganisation",
    "partnerships.view_question",
    "partnerships.handle_question",
    "partnerships.view_question_figures",
    "partnerships.view_body",
)
TEAM = (
    "partnerships.view_spochandover",
    "partnerships.add_spochandover",
    "partnerships.view_absence",
    "partnerships.add_absence",
    "partnerships.change_absence",
    "partnerships.delete_absence",
)
READ_CONSULTATIONS = ("partnerships.view_consultation", "partnerships.view_consultationaction")
KEEP_CONSULTATIONS = (*READ_CONSULTATIONS, "partnerships.add_consultation", "partnerships.change_consultation")
LEAD_TEAM = ("partnerships.lead_team",)
KEEP_THEMES = ("partnerships.add_theme", "partnerships.change_theme", "partnerships.delete_theme")
KEEP_PARTNERS = ("partnerships.add_partnerorganisation", "partnerships.change_partnerorganisation")
KEEP_BODIES = ("partnerships.add_body", "partnerships.change_body")
KEEP_DEADLINES = ("partnerships.add_deadlinetarget", "partnerships.change_deadlinetarget", "partnerships.delete_deadlinetarget")
KEEP_CHOICES = ("partnerships.view_choice", "partnerships.add_choice", "partnerships.change_choice")
OVERSEE = ("partnerships.oversee_agreement",)
MAILINGS = (
    "mailings.view_mailing",
    "mailings.view_mailingitem",
    "mailings.view_measure",
    "mailings.view_delivery",
    "mailings.view_run",
)
EDIT_MAILINGS = (
    "mailings.add_mailing",
    "mailings.change_mailing",
    "mailings.add_mailingitem",
    "mailings.change_mailingitem",
    "mailings.delete_mailingitem",
    "mailings.add_measure",
    "mailings.change_measure",
    "mailings.send_mailing",
)
APPROVE = ("mailings.view_mailing", "mailings.approve_mailing", "partnerships.view_question_figures")
TURN_OVER = ("municipalities.view_turnover", "municipalities.apply_turnover")
IMPORT_LISTS = ("municipalities.view_listimport", "municipalities.import_list")
PRIVACY = ("privacy.view_personaldataaccess", "privacy.view_erasure", "privacy.handle_privacy_requests")
STAFF_ACCOUNTS = (
    "municipalities.view_staffmember",
    "municipalities.add_staffmember",
    "municipalities.change_staffmember",
)

ROLES: dict[str, tuple[str, ...]] = {
    SPOC: READ_REGISTER + WRITE_REGISTER + KEEP_PARTNERS + KEEP_BODIES + REQUESTS + TEAM + MAILINGS + READ_CONSULTATIONS,
    LEAD: READ_REGISTER
    + WRITE_REGISTER
    + REQUESTS
    + TEAM
    + LEAD_TEAM
    + KEEP_THEMES
    + KEEP_DEADLINES
    + KEEP_CHOICES
    + KEEP_PARTNERS
    + KEEP_BODIES
    + OVERSEE
    + KEEP_CONSULTATIONS
    + TURN_OVER
    + IMPORT_LISTS
    + MAILINGS
    + ("mailings.approve_mailing",),
    EDITOR: READ_REGISTER + MAILINGS + EDIT_MAILINGS + KEEP_CONSULTATIONS,
    CABINET: APPROVE,
    ADMINISTRATOR: READ_REGISTER
    + WRITE_REGISTER
    + REQUESTS
    + TEAM
    + LEAD_TEAM
    + KEEP_THEMES
    + KEEP_DEADLINES
    + KEEP_CHOICES
    + KEEP_PARTNERS
    + KEEP_BODIES
    + MAILINGS
    + EDIT_MAILINGS
    + STAFF_ACCOUNTS
    + KEEP_CONSULTATIONS
    + PRIVACY
    + TURN_OVER
    + IMPORT_LISTS,
}


@transaction.atomic
def sync_roles() -> dict[str, int]:
    """Make the groups hold exactly the permissions listed here; return how many each has. Raises KeyError for an unknown one."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    counts = {}
    for name, labels in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([known[label] for label in labels])
        counts[name] = len(labels)
    return counts
