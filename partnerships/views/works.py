"""Works sites in the portal: the pages of `partnerships.sites` in the portal's frame."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from partnerships.sites.addresses import works_urls
from partnerships.sites.doors import Door


def _nothing_more(_request: HttpRequest) -> dict[str, Any]:
    """The portal's frame brings along what it reads."""
    return {}


PORTAL = Door(
    prefix="",
    frame="partnerships/works/frame.html",
    request_page=lambda shown: reverse("request", args=[shown.key]),
    around=_nothing_more,
)

works_patterns = works_urls(PORTAL, "requests/")
