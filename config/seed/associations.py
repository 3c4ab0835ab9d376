"""Traders' associations of the try-out: all invented, with enterprise numbers whose control digits are right and which nobody holds."""

import datetime as dt
from typing import NamedTuple

from config.seed.clock import Clock
from municipalities.models import Association, AssociationContact, AssociationStage, Municipality, Neighbourhood


class Line(NamedTuple):
    """One association: where, its name, its number or none, its states with how many days ago each began, and whom to write to."""

    code: str
    neighbourhood_fr: str
    name: str
    number: str
    stages: tuple[tuple[str, int], ...]
    contact: str
    function: str
    has_consented: bool


ASSOCIATIONS = (
    Line("IXL", "Matonge", "Les Vitrines de Matonge (démo)", "9000001", (("idea", 900), ("founding", 640), ("active", 420)),
         "Rosalie Kimbembe", "Présidente", True),
    Line("IXL", "", "Flagey en commerce (démo)", "", (("idea", 70),), "Tibo Achterveld", "Initiatiefnemer", False),
    Line("AND", "", "Wayez se réveille (démo)", "9000002", (("founding", 800), ("active", 610)), "Hamid Lakhmari", "Trésorier", True),
    Line("SCH", "", "Brabant Boutiques (démo)", "9000003", (("active", 1500), ("dormant", 200)), "Esra Güneysu", "Secrétaire", True),
    Line("JET", "", "Spiegel van Jette (demo)", "", (("idea", 300), ("founding", 90)), "Jonas Wouterberg", "Oprichter", True),
    Line("UCC", "", "Alsemberg Commerces (démo)", "9000004", (("active", 1100),), "Solveig Marchandeau", "Présidente", False),
)  # fmt: skip


def enterprise_number(first: str) -> str:
    """Ten digits with the control digits that belong to the first eight."""
    eight = first.rjust(8, "0")
    return f"{eight}{97 - int(eight) % 97:02d}"


def make_associations(municipalities: dict[str, Municipality], clock: Clock) -> None:
    """Make the associations that are missing; those that exist stay as people left them."""
    for line in ASSOCIATIONS:
        municipality = municipalities[line.code]
        if Association.objects.filter(municipality=municipality, name=line.name).exists():
            continue
        place = Neighbourhood.objects.filter(municipality=municipality, name_fr__startswith=line.neighbourhood_fr or "?").first()
        number = enterprise_number(line.number) if line.number else ""
        association = Association.objects.create(municipality=municipality, neighbourhood=place, name=line.name, enterprise_number=number)
        for state, ago in line.stages:
            AssociationStage.objects.create(association=association, state=state, since=clock.today - dt.timedelta(days=ago))
        AssociationContact.objects.create(
            association=association,
            name=line.contact,
            function=line.function,
            email=f"{line.contact.split()[0].lower()}.traders@example.org",
            has_consented=line.has_consented,
        )
