"""What a draft still lacks before it can be submitted: the fields with a star, by the name they bear in the form.

One rule per noun, several per kind; the service refuses by them, the steps of the form say them beside the fields.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnerships.models import AuditDetails, DataRequestDetails, DevelopmentDetails, Kind, ServiceRequest, YesNo
from partnerships.services.works_needs import missing_for_works

Rule = Callable[[ServiceRequest], dict[str, Any]]
NEEDED = _("This is needed to submit the request.")
NEEDED_ALWAYS = ("title", "description")
NEEDED_FOR_AUDIT = ("area_kind", "decision", "questions", "result_forms", "personal_data", "needed_by")
NEEDED_FOR_DEVELOPMENT = ("problems", "problem_words", "project_kinds", "shops", "support", "aims")
NEEDED_FROM_AGENCY = ("why", "sharing")
AreaKind = AuditDetails.AreaKind
Plan = DevelopmentDetails.AssociationPlan


def lacking(record: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The fields among these that say nothing."""
    return {name: NEEDED for name in names if not _says_something(getattr(record, name))}


def _says_something(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def missing_always(request: ServiceRequest) -> dict[str, Any]:
    missing = lacking(request, NEEDED_ALWAYS) | _missing_contact(request)
    if request.is_urgent and not request.urgent_reason.strip():
        missing["urgent_reason"] = _("Please say why it is urgent.")
    if request.wished_by and not request.wished_by_reason.strip():
        missing["wished_by_reason"] = _("Please say why this date.")
    return missing


def _missing_contact(request: ServiceRequest) -> dict[str, Any]:
    missing = lacking(request, ("technical_phone",))
    if request.technical_person_id is None and not request.technical_contact.strip():
        missing["technical_person"] = _("Choose somebody, or name them in the field below.")
    return missing


def missing_place(request: ServiceRequest) -> dict[str, Any]:
    """At least one neighbourhood or street of the municipality, or a place in words."""
    if request.area.strip() or request.neighbourhoods.exists() or request.streets.exists():
        return {}
    return {"area": _("Choose a neighbourhood or a street, or name the place here.")}


def missing_for_audit(request: ServiceRequest) -> dict[str, Any]:
    audit = getattr(request, "audit", None) or AuditDetails(request=request)
    missing = lacking(audit, NEEDED_FOR_AUDIT)
    if audit.area_kind and audit.area_kind != AreaKind.WHOLE:
        missing |= missing_place(request)
    if audit.personal_data == YesNo.YES and not audit.legal_basis.strip():
        missing["legal_basis"] = _("Needed when personal data are involved.")
    return missing | _missing_offers(audit)


def _missing_offers(audit: AuditDetails) -> dict[str, Any]:
    if not audit.data_offered and not audit.has_no_data:
        return {"data_offered": _("Name what there is, or tick below that there is nothing.")}
    if any(row.get("personal") == YesNo.YES and not row.get("legal_basis") for row in audit.data_offered):
        return {"data_offered": _("Where data are personal, say on which legal basis they may be given.")}
    return {}


def missing_for_development(request: ServiceRequest) -> dict[str, Any]:
    details = getattr(request, "development", None) or DevelopmentDetails(request=request)
    missing = missing_place(request) | lacking(details, NEEDED_FOR_DEVELOPMENT)
    if details.association_plan == Plan.EXISTING and details.association_id is None:
        missing["association"] = _("Choose which association is meant.")
    if not (details.staff.strip() or details.premises.strip() or details.budget is not None):
        missing["staff"] = _("Say what the municipality puts in: staff, a budget or premises.")
    if any(not (row.get("indicator") and row.get("target")) for row in details.aims):
        missing["aims"] = _("Say for each aim what is measured and what the target is.")
    return missing


def missing_for_data_request(request: ServiceRequest) -> dict[str, Any]:
    """What the agency must say when it asks a municipality for data or a study."""
    details = DataRequestDetails.objects.filter(request=request).first() or DataRequestDetails(request=request)
    missing = lacking(request, (*NEEDED_ALWAYS, "technical_contact", "wished_by")) | lacking(details, NEEDED_FROM_AGENCY)
    if details.personal_data and not details.legal_basis.strip():
        missing["legal_basis"] = _("Needed when personal data are involved.")
    return missing


RULES: dict[str, tuple[Rule, ...]] = {
    Kind.AUDIT: (missing_always, missing_for_audit),
    Kind.DEVELOPMENT: (missing_always, missing_for_development),
    Kind.WORKS: (missing_always, missing_for_works),
}


def missing_to_submit(request: ServiceRequest) -> dict[str, Any]:
    """Return, per field, what still keeps the draft from being submitted."""
    rules = (missing_for_data_request,) if request.is_from_agency else RULES[request.kind]
    return {name: message for rule in rules for name, message in rule(request).items()}
