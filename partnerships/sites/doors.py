"""Through which door a reader came: the portal or the administration. The pages are the same, their frame and addresses differ."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from municipalities.models import User
from partnerships.models import Kind, ServiceRequest, WorksSite
from partnerships.services.works import side_of

PAGES = (
    "site",
    "open",
    "edit",
    "timeline",
    "sheet",
    "sheet_pdf",
    "translate",
    "version",
    "begin",
    "propose",
    "agree",
    "add",
    "line",
    "take_out",
    "measure",
    "move",
    "evidence",
    "meeting",
    "figure",
    "evaluate",
)


@dataclass(frozen=True)
class Door:
    """`frame` is the template a page extends, `request_page` leads back to the request, `around` is what the frame reads."""

    prefix: str
    frame: str
    request_page: Callable[[ServiceRequest], str]
    around: Callable[[HttpRequest], dict[str, Any]]

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"{self.prefix}works_{page}", args=args)

    @property
    def names(self) -> dict[str, str]:
        """The name of each address, for templates: `{% url to.site key %}`."""
        return {page: f"{self.prefix}works_{page}" for page in PAGES}

    def go(self, page: str, *args: Any, anchor: str = "") -> HttpResponse:
        return redirect(f"{self.url(page, *args)}{'#' if anchor else ''}{anchor}")

    def show(
        self,
        request: HttpRequest,
        template: str,
        site: WorksSite,
        title: Any,
        context: dict[str, Any],
        *,
        status: int = 200,
        typed_title: bool = False,
    ) -> HttpResponse:
        common = {
            "frame_template": self.frame,
            "to": self.names,
            "title": title,
            "title_lang": site.request.language if typed_title else "",
            "site": site,
            "service_request": site.request,
            "key": site.request.key,
            "request_url": self.request_page(site.request),
        }
        return render(request, f"partnerships/works/{template}.html", {**self.around(request), **common, **context}, status=status)


def person(request: HttpRequest) -> User:
    """Behind the doors nobody is unknown."""
    return request.user  # type: ignore[return-value]


def load_site(request: HttpRequest, key: uuid.UUID) -> WorksSite:
    """The site of a request the reader may see; for anybody else it does not exist."""
    return get_object_or_404(WorksSite.objects.visible_to(person(request)).with_all(), request__key=key)


@dataclass(frozen=True)
class Works:
    """What the page of a request says of its works: the site, or that one can be described."""

    site: WorksSite | None
    may_open: bool


def works_of(shown: ServiceRequest, user: User) -> Works | None:
    """None for requests of another kind and for drafts, whose site is still part of their form."""
    if shown.kind != Kind.WORKS or not shown.reference:
        return None
    site = WorksSite.objects.filter(request=shown).prefetch_related("phases").first()
    return Works(site, site is None and side_of(user, shown) is not None)
