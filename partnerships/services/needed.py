"""What a draft still lacks before it can be submitted: the fields with a star, by the name they bear in the form.

One rule per noun, several per kind; the service refuses by them, the steps of the form say them beside the fields.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships.models import AuditDetails, DataRequestDetails, Kind, ServiceRequest

Rule = Callable[[ServiceRequest], dict[str, Any]]
NEEDED = _("This is needed to submit the request.")
NEEDED_ALWAYS = ("title", "description", "technical_contact")
NEEDED_FOR_AUDIT = ("decision", "questions", "data_offered", "result_forms", "needed_by")
NEEDED_FROM_AGENCY = ("why", "sharing")
MOST_QUESTIONS = 10


def lacking(record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields among these that say nothing."""
    return {name: NEEDED for name in names if not _says_something(getattr(record, name))}


def _says_something(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def missing_always(request: ServiceRequest) -> dict[str, Any]:
    missing = lacking(request, NEEDED_ALWAYS)
    if request.is_urgent and not request.urgent_reason.strip():
        missing["urgent_reason"] = _("Please say why it is urgent.")
    if request.wished_by and not request.wished_by_reason.strip():
        missing["wished_by_reason"] = _("Please say why this date.")
    return missing


def missing_for_audit(request: ServiceRequest) -> dict[str, Any]:
    audit = AuditDetails.objects.filter(request=request).first() or AuditDetails(request=request)
    missing = lacking(audit, NEEDED_FOR_AUDIT) | lacking(request, ("area",))
    if len([line for line in audit.questions.splitlines() if line.strip()]) > MOST_QUESTIONS:
        missing["questions"] = _("Ten questions at most, one per line.")
    if audit.personal_data and not audit.legal_basis.strip():
        missing["legal_basis"] = _("Needed when personal data are involved.")
    return missing


def missing_for_data_request(request: ServiceRequest) -> dict[str, Any]:
    """What the agency must say when it asks a municipality for data or a study."""
    details = DataRequestDetails.objects.filter(request=request).first() or DataRequestDetails(request=request)
    missing = lacking(request, (*NEEDED_ALWAYS, "wished_by")) | lacking(details, NEEDED_FROM_AGENCY)
    if details.personal_data and not details.legal_basis.strip():
        missing["legal_basis"] = _("Needed when personal data are involved.")
    return missing


RULES: dict[str, tuple[Rule, ...]] = {
    Kind.AUDIT: (missing_always, missing_for_audit),
    Kind.DEVELOPMENT: (missing_always,),
    Kind.WORKS: (missing_always,),
}


def missing_to_submit(request: ServiceRequest) -> dict[str, Any]:
    """Return, per field, what still keeps the draft from being submitted."""
    rules = (missing_for_data_request,) if request.is_from_agency else RULES[request.kind]
    return {name: message for rule in rules for name, message in rule(request).items()}
