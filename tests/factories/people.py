"""Municipalities, people and their mandates."""

import datetime as dt
import string
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from config.roles import sync_roles
from municipalities.languages import CorrespondenceLanguage
from municipalities.models import Mandate, Municipality, Portfolio, User

ROLES_HELD = ("mayor", "alderman", "secretary", "officer", "collaborator", "former")


def days_from_today(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def since(days_ago: int, until: int | None = None) -> DateRange:
    """A period that began some days ago, open, or ending `until` days from today (that day no longer belongs to it)."""
    return DateRange(days_from_today(-days_ago), None if until is None else days_from_today(until))


def _three_letters(number: int) -> str:
    letters = string.ascii_uppercase
    return "Z" + letters[number // 26 % 26] + letters[number % 26]


class MunicipalityFactory(factory.django.DjangoModelFactory[Municipality]):
    """An invented municipality; for one of the real 19 call `load_reference()` and get it by code."""

    class Meta:
        model = Municipality

    nis_code = factory.Sequence(lambda n: f"9{n % 10000:04d}")
    code = factory.Sequence(_three_letters)
    slug = factory.LazyAttribute(lambda o: f"commune-{o.nis_code}")
    name_fr = factory.LazyAttribute(lambda o: f"Commune-{o.code}")
    name_nl = factory.LazyAttribute(lambda o: f"Gemeente-{o.code}")
    official_style_fr = factory.LazyAttribute(lambda o: f"Commune de {o.name_fr}")
    official_style_nl = factory.LazyAttribute(lambda o: f"Gemeente {o.name_nl}")
    sort_key_fr = factory.LazyAttribute(lambda o: o.name_fr.lower())
    sort_key_nl = factory.LazyAttribute(lambda o: o.name_nl.lower())
    postcodes = factory.LazyFunction(lambda: ["1999"])


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person. `UserFactory(alderman=ixelles)` holds that mandate today; `spoc=True` is staff with the group's rights.

    Roles: mayor, alderman (trade), secretary, officer, collaborator, and former (an alderman until yesterday), each with a
    municipality or a list of them. Traits: spoc, lead, editor, administrator (staff), cabinet (a reviewer, no staff).
    """

    class Meta:
        model = User

    class Params:
        spoc = factory.Trait(group="spoc", is_staff=True)
        lead = factory.Trait(group="lead", is_staff=True)
        editor = factory.Trait(group="editor", is_staff=True)
        administrator = factory.Trait(group="administrator", is_staff=True)
        cabinet = factory.Trait(group="cabinet", is_cabinet_reviewer=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Prénom{n}")
    last_name = factory.Sequence(lambda n: f"Nom{n}")
    correspondence_language = CorrespondenceLanguage.FRENCH
    group = None
    mayor = None
    alderman = None
    secretary = None
    officer = None
    collaborator = None
    former = None

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        group = kwargs.pop("group")
        held = {role: kwargs.pop(role) for role in ROLES_HELD}
        user = model_class.objects.create_user(*args, **kwargs)
        if group:
            user.groups.add(group_named(group))
        for role, places in held.items():
            for place in places if isinstance(places, list | tuple) else [places] if places else []:
                _hold(user, role, place)
        return user


def _hold(user: User, role: str, municipality: Municipality) -> Mandate:
    if role == "former":
        return MandateFactory(user=user, municipality=municipality, ended=True)
    return MandateFactory(user=user, municipality=municipality, role=role)


def group_named(name: str) -> Group:
    """One of the groups of config/roles.py, with its permissions."""
    if not Group.objects.filter(name=name).exists():
        sync_roles()
    return Group.objects.get(name=name)


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    """An alderman for trade in office since a year; traits: ended (yesterday was the last day), future (from tomorrow)."""

    class Meta:
        model = Mandate

    class Params:
        ended = factory.Trait(period=factory.LazyFunction(lambda: since(365, until=0)))
        future = factory.Trait(period=factory.LazyFunction(lambda: since(-1)))

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    role = Mandate.Role.ALDERMAN
    portfolios = factory.LazyAttribute(lambda o: [Portfolio.TRADE] if o.role == Mandate.Role.ALDERMAN else [])
    period = factory.LazyFunction(lambda: since(365))
