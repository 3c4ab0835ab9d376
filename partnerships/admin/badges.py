"""States as words in a coloured frame: the words carry the meaning, the colour repeats it."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnerships.models import Agreement, ServiceRequest

TONE_OF_REQUEST = {
    ServiceRequest.State.SUBMITTED: "info",
    ServiceRequest.State.ACKNOWLEDGED: "info",
    ServiceRequest.State.IN_PROGRESS: "info",
    ServiceRequest.State.WAITING: "warn",
    ServiceRequest.State.COMPLETED: "good",
    ServiceRequest.State.DECLINED: "bad",
}
TONE_OF_AGREEMENT = {
    Agreement.State.IN_FORCE: "good",
    Agreement.State.EXPIRING: "warn",
    Agreement.State.EXPIRED: "bad",
    Agreement.State.SIGNED: "info",
}


def badge(words: Any, tone: str = "") -> SafeString:
    return format_html('<span class="badge{}">{}</span>', f" badge--{tone}" if tone else "", words)


def request_badge(request: ServiceRequest) -> SafeString:
    return badge(request.get_state_display(), TONE_OF_REQUEST.get(ServiceRequest.State(request.state), ""))


def agreement_badge(state: Agreement.State) -> SafeString:
    return badge(state.label, TONE_OF_AGREEMENT.get(state, ""))
