"""The people of the try-out: all invented, none of them holds or held an office anywhere."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange

from config.roles import ADMINISTRATOR, CABINET, EDITOR, LEAD, SPOC, sync_roles
from municipalities.models import Mandate, Municipality, Portfolio, User

DOMAIN = "example.org"
COLLEGES_SINCE = dt.date(2024, 12, 1)  # new colleges after the elections of October 2024
FORMER_COLLEGES_SINCE = dt.date(2018, 12, 3)
OFFICERS_SINCE = dt.date(2019, 1, 7)


class Person(NamedTuple):
    """First name, last name, `f` or `m` for the title, language of correspondence."""

    first: str
    last: str
    gender: str
    language: str


def _people(line: str) -> tuple[Person, ...]:
    return tuple(Person(*(word.replace("_", " ") for word in entry.split())) for entry in line.split(","))


# Mayor, alderman for trade, officer, former alderman. Languages are dealt out on purpose without regard to the names.
OFFICIALS = {
    "AND": _people("Fabrice Montreval m fr, Griet Lindenschot f nl, Samira Benharoud f fr, Ludovic Ormancey m fr"),
    "AUD": _people("Margaux Belleroche f fr, Yassine Oubarka m fr, Wannes Zandhove m nl, Solange Tilleroy f fr"),
    "BSA": _people("Katrien Waterschoen f nl, Damien Charneuse m fr, Aylin Karademirci f both, Gerrit Eikelhof m nl"),
    "BXL": _people("Étienne Rochebrune m both, Nadia El_Yazrani f fr, Pieter Steenackere m nl, Odile Grandjaumes f fr"),
    "ETB": _people("Thaïs Courtefontaine f fr, Emre Yildirgan m fr, Céline Nivarlet f fr, Hubert Maillefer m fr"),
    "EVR": _people("Joris Brouckhof m both, Chiara Quintavara f fr, Hanne Terhagen f nl, Roger Dutilloy m fr"),
    "FOR": _people("Grâce Kalondjimba f fr, Lotte Van_Lissewal f nl, Julien Fauvieau m fr, Mireille Pirenoy f fr"),
    "GAN": _people("Bram Hazelhof m nl, Élodie Lambremont f both, Karim Ait_Lahsoun m fr, Lieve Duynslager f nl"),
    "IXL": _people("Anneleen Vanderhoeve f nl, Benoît Valdebois m fr, Inès Ferrantino f fr, Pascale Hautmarais f fr"),
    "JET": _people("Quentin Desruelles m fr, Dries Kerkhoven m nl, Saar Roosendaele f nl, Yvette Bonnerive f fr"),
    "KOE": _people("Leïla Ziyarani f both, Maarten Biezemans m nl, Océane Sartelle f fr, Armand Lavendier m fr"),
    "MOL": _people("Mehdi Tahirouni m fr, Romane Duvivray f both, Tine Molenaarts f nl, Christiane Hennefeld f fr"),
    "SGI": _people("Lucía Bellavigna f fr, Hugo Castelier m fr, Katarzyna Nowakiewicz f fr, Bernard Clairvigne m fr"),
    "SJO": _people("Patrick Mbuyisanga m fr, Zeynep Aydoğmuş f fr, Floris Vandeweghte m nl, Ginette Aubremont f fr"),
    "SCH": _people("Sylvain Marchevent m fr, Nele Heuvelrode f nl, Rachid Boussarni m fr, Danielle Petitbois f fr"),
    "UCC": _people("Géraldine Hauteclaire f fr, Matteo Castellorio m fr, Eline Van_Elderbeke f nl, Edgard Noirval m fr"),
    "WBO": _people("Nathan Sylvestrin m fr, Cato De_Wilgenaere f nl, Dimitra Papadrakis f fr, Francine Boisdenier f fr"),
    "WSL": _people("Ilse Meersdael f both, Lucas Pontarlier m fr, Inês Oliveirinha f fr, Georges Valmirande m fr"),
    "WSP": _people("Karine Aubelair f fr, Roel Hoogenbosch m nl, Andrei Dumitrenco m fr, Paulette Fontenelle_Ruys f fr"),
}
SPOCS = _people("Valérie Delacharme f fr, Stijn Vermeulenaar m nl, Aïcha Berradouane f fr, Thomas Wittebrood m nl, Joëlle Kasangani f fr")
STAFF = {
    "lead": (Person("Marijke", "Overstraete", "f", "nl"), LEAD),
    "editor": (Person("Olivier", "Plumereau", "m", "fr"), EDITOR),
    "admin": (Person("Sofia", "Tavarense", "f", "fr"), ADMINISTRATOR),
}
REVIEWER = Person("Alix", "Vanderlindre", "f", "both")

TITLES = {
    "mayor": {"f": ("Bourgmestre", "Burgemeester"), "m": ("Bourgmestre", "Burgemeester")},
    "alderman": {"f": ("Échevine du Commerce", "Schepen van Handel"), "m": ("Échevin du Commerce", "Schepen van Handel")},
    "officer": {
        "f": ("Gestionnaire du service Commerce", "Medewerkster van de dienst Handel"),
        "m": ("Gestionnaire du service Commerce", "Medewerker van de dienst Handel"),
    },
    "former": {"f": ("", ""), "m": ("", "")},
    "spoc": {
        "f": ("Personne de contact (SPOC)", "Contactpersoon (SPOC)"),
        "m": ("Personne de contact (SPOC)", "Contactpersoon (SPOC)"),
    },
    "delegate": {
        "f": ("Collaboratrice de cabinet", "Kabinetsmedewerkster"),
        "m": ("Collaborateur de cabinet", "Kabinetsmedewerker"),
    },
    "lead": {"f": ("Coordinatrice Local Partnerships", "Coördinator Local Partnerships")},
    "editor": {"m": ("Rédacteur", "Redacteur")},
    "admin": {"f": ("Administratrice", "Beheerder")},
    "cabinet": {"f": ("Conseillère de cabinet", "Kabinetsadviseur")},
}


@dataclass(frozen=True)
class Cast:
    """Everybody, by the part they play: `officials["IXL"]["alderman"]`, `spocs[0]`, `staff["editor"]`."""

    officials: dict[str, dict[str, User]]
    spocs: list[User]
    staff: dict[str, User]


def make_people(municipalities: dict[str, Municipality]) -> Cast:
    """Make the accounts of the contract that are missing; those that exist stay as people left them."""
    sync_roles()
    officials = {code: _make_officials(municipalities[code], number) for number, code in enumerate(OFFICIALS)}
    spocs = [_staff_member(f"spoc{n}", "spoc", person, SPOC, f"90 {n:02d}") for n, person in enumerate(SPOCS, start=1)]
    staff = {
        name: _staff_member(name, name, person, group, f"91 {n:02d}") for n, (name, (person, group)) in enumerate(STAFF.items(), start=1)
    }
    staff["cabinet"] = _reviewer()
    return Cast(officials, spocs, staff)


def _make_officials(municipality: Municipality, number: int) -> dict[str, User]:
    parts = zip(("mayor", "alderman", "officer", "former"), OFFICIALS[municipality.code], strict=True)
    users = {}
    for extension, (part, person) in enumerate(parts, start=1):
        name = f"{part}.{municipality.code.lower()}"
        user, made = _account(name, part, person, phone=f"{number + 10} {extension:02d}" if part != "former" else "")
        if made:
            _give_mandate(user, municipality, part)
        users[part] = user
    return users


def _give_mandate(user: User, municipality: Municipality, part: str) -> None:
    """Give the mandate of the part; that of a former alderman ended with the old college."""
    role = {"mayor": Mandate.Role.MAYOR, "officer": Mandate.Role.OFFICER}.get(part, Mandate.Role.ALDERMAN)
    periods = {
        "officer": DateRange(OFFICERS_SINCE, None),
        "former": DateRange(FORMER_COLLEGES_SINCE, COLLEGES_SINCE),
    }
    Mandate.objects.create(
        user=user,
        municipality=municipality,
        role=role,
        portfolios=[] if part == "mayor" else [Portfolio.TRADE, Portfolio.ECONOMY],
        period=periods.get(part, DateRange(COLLEGES_SINCE, None)),
    )


def _account(name: str, part: str, person: Person, *, phone: str = "", **fields: object) -> tuple[User, bool]:
    email = f"{name}@{DOMAIN}"
    known = User.objects.filter(email=email).first()
    if known:
        return known, False
    title_fr, title_nl = TITLES[part][person.gender]
    user = User.objects.create_user(
        email,
        first_name=person.first,
        last_name=person.last,
        correspondence_language=person.language,
        phone=f"+32 2 000 {phone}" if phone else "",
        job_title_fr=title_fr,
        job_title_nl=title_nl,
        **fields,
    )
    return user, True


def _staff_member(name: str, part: str, person: Person, group: str, phone: str) -> User:
    user, made = _account(name, part, person, phone=phone, is_staff=True)
    if made:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_delegate(code: str, person: Person) -> User:
    """Somebody without a mandate of their own."""
    user, _made = _account(f"delegate.{code.lower()}", "delegate", person)
    return user


def _reviewer() -> User:
    user, made = _account("cabinet", "cabinet", REVIEWER, phone="92 01", is_cabinet_reviewer=True)
    if made:
        user.groups.add(Group.objects.get(name=CABINET))
    return user
