"""Complete answers to the form of a request, step by step, and how a browser without scripts posts them."""

import datetime as dt
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnerships.models import ServiceRequest

Answers = dict[str, dict[str, Any]]
ABOUT = {"title": "Vacance commerciale chaussée d'Ixelles", "description": "Trop de cellules vides depuis un an.", "language": "fr"}
CONTACT = {"technical_contact": "Service Commerce", "technical_phone": "+32 2 000 00 01"}


def soon(days: int = 30) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def audit_answers() -> Answers:
    """What an audit needs after its first step."""
    return {
        "place": {"area_kind": "named", "area": "Chaussée d'Ixelles"},
        "question": {
            "decision": "Le plan de commerce.",
            "questions-rows": 2,
            "questions-0-question": "Combien de cellules vides ?",
            "questions-1-question": "Quels secteurs manquent ?",
            "sectors": ["retail_food", "hospitality"],
            "data_wanted": ["vacancy"],
        },
        "offer": {"data_offered-rows": 1, "data_offered-0-what": "Relevé communal", "data_offered-0-period": "2025"},
        "result": {"result_forms": ["report"], "result_language": "both", "needed_by": soon(), "personal_data": "no"},
        "people": dict(CONTACT),
        "files": {},
        "when": {},
    }


def development_answers() -> Answers:
    """What a development project needs after its first step."""
    return {
        "place": {"area": "Place du Châtelain"},
        "situation": {"problems": ["vacancy", "image"], "problem_words": "Douze cellules vides."},
        "project": {"project_kinds": ["found"], "shops": 40, "association_plan": "none"},
        "means": {"staff": "Un agent, un jour par semaine"},
        "aims": {
            "support": ["method", "statutes"],
            "aims-rows": 1,
            "aims-0-indicator": "Cellules vides",
            "aims-0-now": "12",
            "aims-0-target": "8",
            "aims-0-by_when": soon(300),
        },
        "people": dict(CONTACT),
        "files": {},
        "when": {},
    }


def begin(client: Client, kind: str, **changed: Any) -> ServiceRequest:
    """Post the first step; return the draft."""
    client.post(reverse("request_draft", args=[kind]), ABOUT | {"token": str(uuid.uuid4())} | changed)
    return ServiceRequest.objects.latest("pk")


def post_step(client: Client, draft: ServiceRequest, step: str, words: dict[str, Any], target: str = "") -> Any:
    """Post one step as it is read now, towards the next step or the target."""
    draft.refresh_from_db()
    address = reverse("request_step_to", args=[draft.key, step, target]) if target else reverse("request_step", args=[draft.key, step])
    return client.post(address, words | {"revision": draft.revision})


def fill(client: Client, kind: str, answers: Answers) -> ServiceRequest:
    """A draft with all these answers."""
    draft = begin(client, kind)
    for step, words in answers.items():
        post_step(client, draft, step, words)
    draft.refresh_from_db()
    return draft
