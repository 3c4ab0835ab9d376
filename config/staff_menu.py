"""The menu of the administration: what is used all day at hand, the rest in a few groups by what one comes for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A group without a name stands open: each of its pages is one click away.
GROUPS: tuple[tuple[Promise | None, tuple[str, ...]], ...] = (
    (None, ("ServiceRequest", "Question")),
    (_("Files and follow-up"), ("RequestStep", "WorksSite", "LibraryDocument", "Rating", "Referral")),
    (
        _("Municipalities and people"),
        (
            "Municipality",
            "Official",
            "Association",
            "Street",
            "Agreement",
            "SpocAssignment",
            "SpocHandover",
            "Absence",
            "PartnerOrganisation",
            "Body",
            "Theme",
        ),
    ),
    (_("Consultations"), ("Consultation", "ConsultationAction")),
    (_("Mailings"), ("Mailing", "Measure", "Run", "Delivery", "AddressState")),
)
THE_REST = _("Settings and records")


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Group:
    """Pages under one name; under none where they stand open."""

    name: str
    links: tuple[Link, ...]

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)


def menu_of(available_apps: Iterable[dict[str, Any]], path: str) -> list[Group]:
    """The groups of what the reader may open; one of a single page stands open, and a page nobody grouped comes last."""
    models = {model["object_name"]: model for app in available_apps for model in app["models"] if model.get("admin_url")}
    current = max((model["admin_url"] for model in models.values() if path.startswith(model["admin_url"])), key=len, default="")
    links = {
        name: Link(str(model["name"])[:1].upper() + str(model["name"])[1:], model["admin_url"], model["admin_url"] == current)
        for name, model in models.items()
    }
    grouped = {name for _name, names in GROUPS for name in names}
    found = [(name, [links[each] for each in names if each in links]) for name, names in GROUPS]
    found.append((THE_REST, [link for name, link in links.items() if name not in grouped]))
    return [Group("" if name is None or len(pages) == 1 else str(name), tuple(pages)) for name, pages in found if pages]
