"""What the worklist offers on several requests at once: each row through its own service, with its own result."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from municipalities.admin.bulk import BulkAct
from municipalities.models import User
from partnerships.admin.request_acts import AssignForm
from partnerships.models import ServiceRequest
from partnerships.services.desk import hand_over_request, take_request
from partnerships.services.requests import acknowledge_request, assign_request, start_request
from partnerships.services.several import Outcome, act_on_each

HANDLE = "partnerships.handle_servicerequest"


class SeenForm(forms.Form):
    """On whose desk each row was when the page was shown: `request:person`, or `request:` where nobody had it."""

    seen = forms.RegexField(r"^(\d{1,18}:\d{0,18}( |$))*$", widget=forms.HiddenInput, required=False, max_length=10_000)

    def clean_seen(self) -> dict[int, int | None]:
        pairs = (pair.split(":") for pair in self.cleaned_data["seen"].split())
        return {int(request): int(holder) if holder else None for request, holder in pairs}


def _seen(rows: list[ServiceRequest]) -> dict[str, Any]:
    return {"seen": " ".join(f"{row.pk}:{row.assignee_id or ''}" for row in rows)}


def _take(rows: list[ServiceRequest], *, by: User, seen: dict[int, int | None]) -> list[Outcome]:
    return act_on_each(rows, lambda row: take_request(row, by=by, seen=seen.get(row.pk)))


def _assign(rows: list[ServiceRequest], *, by: User, to: User, note: str) -> list[Outcome]:
    if note.strip():
        return act_on_each(rows, lambda row: hand_over_request(row, by=by, to=to, note=note))
    return act_on_each(rows, lambda row: _give(row, by, to))


def _give(row: ServiceRequest, by: User, to: User) -> None:
    """To somebody else than who has it: a colleague hears of a request once."""
    if row.assignee_id == to.pk:
        raise ValidationError({"to": _("The request is on their desk already.")})
    assign_request(row, by=by, to=to)


REQUEST_BULK_ACTS = (
    BulkAct(
        "take",
        _("Take"),
        _("They come to your desk. What somebody else takes in the meantime stays theirs, and you read whose."),
        HANDLE,
        _take,
        SeenForm,
        initial=_seen,
    ),
    BulkAct(
        "assign",
        _("Assign to…"),
        _("All go to one colleague, who gets a mail for each, with your note if you write one."),
        HANDLE,
        _assign,
        AssignForm,
    ),
    BulkAct(
        "acknowledge",
        _("Acknowledge receipt"),
        _("Each municipality hears that its request was read, and by when an answer is due."),
        HANDLE,
        lambda rows, *, by: act_on_each(rows, lambda row: acknowledge_request(row, by=by)),
    ),
    BulkAct(
        "start",
        _("Start the work"),
        _("Each municipality hears that the work is under way."),
        HANDLE,
        lambda rows, *, by: act_on_each(rows, lambda row: start_request(row, by=by)),
    ),
)
