"""What every page of the frame shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from municipalities.languages import InterfaceLanguage, content_language
from municipalities.models import Mandate, Municipality
from partnerships.contacts import contacts_of
from partnerships.models import SpocAssignment


@dataclass(frozen=True)
class Link:
    """An entry of the navigation."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Entry:
    """A room of the portal that every official may enter: its name, its first page, and how the names of its pages begin."""

    label: Promise
    name: str
    section: str


# In the order of the menu. What has no place in one line waits under 'More': AT_HAND on a telephone, IN_LINE on a wide screen.
NAVIGATION: tuple[Entry, ...] = (
    Entry(gettext_lazy("Requests"), "requests", "request"),
    Entry(gettext_lazy("Questions"), "questions", "question"),
    Entry(gettext_lazy("Mailings"), "mailings", "mailing"),
    Entry(gettext_lazy("Consultations"), "consultations", "consultation"),
    Entry(gettext_lazy("Library"), "library", "library"),
    Entry(pgettext_lazy("menu", "Measures"), "measures", "measure"),
    Entry(gettext_lazy("Themes"), "themes", "theme"),
)
AT_HAND = 3
IN_LINE = 7


class Menu:
    """The navigation cut for the width of the screen; what stands beside on a wide one waits under 'More' on a telephone."""

    def __init__(self, links: list[Link]) -> None:
        self.at_hand, self.beside, self.further = links[:AT_HAND], links[AT_HAND:IN_LINE], links[IN_LINE:]
        self.beside_is_current = any(link.is_current for link in self.beside)
        self.further_is_current = any(link.is_current for link in self.further)


class Frame:
    """Header, navigation and footer of one page; nothing is asked of the database before a template reads it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)
        self.is_known = bool(self.user and self.user.is_authenticated)
        self.languages = InterfaceLanguage.choices
        self.site_name = settings.SITE_NAME
        self.is_demo = settings.DEMO_DOORS

    @cached_property
    def agency_name(self) -> str:
        return settings.AGENCY_NAME_NL if content_language() == "nl" else settings.AGENCY_NAME_FR

    @property
    def reply_address(self) -> str:
        return settings.MAIL_REPLY_TO

    @cached_property
    def here(self) -> str:
        """The address of this page, to come back to after a switch of language."""
        return self.request.get_full_path()

    @cached_property
    def municipalities(self) -> list[Municipality]:
        """Where the reader stands today, by a mandate or a delegation."""
        return self.user.municipalities_on(timezone.localdate()) if self.is_known else []

    @cached_property
    def contacts(self) -> list[SpocAssignment]:
        """Who helps this reader: the SPOC and deputy of each of their municipalities."""
        own = {municipality.pk for municipality in self.municipalities}
        return contacts_of(self.request, own, timezone.localdate()) if own else []

    @cached_property
    def navigation(self) -> list[Link]:
        if not self.is_known:
            return []
        if self.user.is_staff:
            return [self._link(_("Home"), "home"), Link(_("Administration"), reverse("admin:index"), False)]
        if self.user.is_cabinet_reviewer and not self.municipalities:
            mailings = self._link(_("Mailings to review"), "reviews", section="review")
            return [mailings, self._link(_("What the municipalities ask"), "question_figures")]
        if not self.municipalities:
            return [self._link(_("In the name of others"), "invitations")]
        return [
            self._link(_("Home"), "home"),
            *(self._link(str(entry.label), entry.name, section=entry.section) for entry in NAVIGATION),
            *self._municipality_links(),
            *self._delegation_links(),
        ]

    @property
    def menu(self) -> "Menu":
        return Menu(self.navigation)

    def _municipality_links(self) -> list[Link]:
        links = []
        for municipality in self.municipalities:
            label = _("My municipality") if len(self.municipalities) == 1 else str(municipality)
            url = reverse("municipality", args=[municipality.slug])
            links.append(Link(label, url, self.request.path == url))
        return links

    def _delegation_links(self) -> list[Link]:
        """For who may delegate, and for who was delegated to or is invited."""
        today = timezone.localdate()
        links = []
        if any(mandate.role in Mandate.POLITICAL for mandate in self.user.mandates_on(today)):
            links.append(self._link(_("My delegates"), "delegates"))
        if self.user.invitations_on(today) or not all(standing.is_own for standing in self.user.standings_on(today)):
            links.append(self._link(_("In the name of others"), "invitations"))
        return links

    def _link(self, label: str, name: str, *, section: str = "") -> Link:
        match = self.request.resolver_match
        here = (match.url_name or "") if match else ""
        return Link(label, reverse(name), here == name or (bool(section) and here.startswith(section)))


def portal_frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
