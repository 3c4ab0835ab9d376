"""Addresses in mails: whole, and where they act for a person, signed."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from municipalities.languages import CorrespondenceLanguage

DELIVERY = "d"
CONTENT = "c"


class BadToken(Exception):
    """The link was not made by this portal."""


@dataclass(frozen=True)
class LinkTarget:
    """What a signed link points at: one delivery, or the content of a run in a language."""

    delivery: uuid.UUID | None = None
    run: int | None = None
    language: str = ""


def portal_link(name: str, *args: Any) -> str:
    """The whole address of a page of the portal."""
    return settings.BASE_URL + reverse(name, args=args)


def _signer() -> Signer:
    return Signer(salt="mailings.links", sep=".")


def delivery_token(key: uuid.UUID) -> str:
    """Lets the holder of this mail unsubscribe, choose a language and read it online, without logging in."""
    return _signer().sign(DELIVERY + key.hex)


def content_token(run: int, language: str) -> str:
    """Lets anybody who was given the mail read its common part online."""
    return _signer().sign(f"{CONTENT}{run}-{language}")


def read_token(token: str) -> LinkTarget:
    """What a token stands for; raises BadToken for anything this portal did not sign."""
    try:
        value = _signer().unsign(token)
    except BadSignature as wrong:
        raise BadToken from wrong
    if value.startswith(DELIVERY):
        return LinkTarget(delivery=uuid.UUID(hex=value.removeprefix(DELIVERY)))
    run, language = value.removeprefix(CONTENT).split("-")
    return LinkTarget(run=int(run), language=CorrespondenceLanguage(language).value)
