"""Periods are typed as people say them, refusals stand beside the field, and history tells who changed what."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.test import Client
from django.urls import reverse
from django.utils import translation

from municipalities.models import Mandate, Municipality, User
from partnerships.models import Agreement, SpocAssignment
from tests.admin.conftest import StaffClient
from tests.factories import AgreementFactory, SpocAssignmentFactory, UserFactory, days_from_today

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


@pytest.fixture
def lead(staff_client: StaffClient) -> Client:
    return staff_client(UserFactory(lead=True, interface_language="en", first_name="Marijke", last_name="Overstraete"))


def person(**changed: Any) -> dict[str, Any]:
    return {
        "first_name": "Lotte",
        "last_name": "Van Lissewal",
        "email": "Lotte@Example.org",
        "correspondence_language": "nl",
        "is_active": "on",
        "mandates-TOTAL_FORMS": "1",
        "mandates-INITIAL_FORMS": "0",
    } | changed


def mandate(row: int, municipality: Municipality, role: str = "mayor", first: Any = FIRST, last: Any = LAST, **more: Any) -> dict[str, Any]:
    values = {"municipality": municipality.pk, "role": role, "starts_on": first, "ends_on": last, **more}
    return {f"mandates-{row}-{name}": value for name, value in values.items()}


def errors_of(answer: Any) -> list[dict[str, Any]]:
    [formset] = answer.context["inline_admin_formsets"]
    with translation.override("en"):
        return [{name: list(map(str, sentences)) for name, sentences in form.errors.items()} for form in formset.formset.forms]


ADD = "admin:municipalities_official_add"


def test_last_day_is_included(lead: Client, ixelles: Municipality) -> None:
    lead.post(reverse(ADD), person(**mandate(0, ixelles, portfolios=["trade", "tourism"])))
    held = Mandate.objects.get()
    assert (held.period.lower, held.period.upper) == (FIRST, dt.date(2026, 1, 1))
    assert (held.starts_on, held.ends_on) == (FIRST, LAST)
    assert held.portfolios == ["trade", "tourism"]
    assert not held.user.has_usable_password()
    assert held.user.email == "lotte@example.org"
    assert held.user.mandates_on(LAST) == [held]


def test_days_come_back_as_typed(lead: Client, ixelles: Municipality) -> None:
    lead.post(reverse(ADD), person(**mandate(0, ixelles)))
    answer = lead.get(reverse("admin:municipalities_official_change", args=[User.objects.get(email="lotte@example.org").pk]))
    assert b'value="2025-01-01"' in answer.content
    assert b'value="2025-12-31"' in answer.content


def test_second_mayor_is_refused_beside_the_role_and_what_was_typed_is_kept(lead: Client, ixelles: Municipality) -> None:
    mayor = UserFactory(mayor=ixelles)
    answer = lead.post(reverse(ADD), person(**mandate(0, ixelles, first=days_from_today(-1), last="")))
    assert answer.status_code == 200
    ((field, (words,)),) = errors_of(answer)[0].items()
    assert field == "role"
    assert words.startswith(f"{mayor.full_name} is mayor of Ixelles since ")
    assert b'value="Van Lissewal"' in answer.content
    assert not User.objects.filter(email="lotte@example.org").exists()


def test_two_rows_typed_at_once_are_compared(lead: Client, ixelles: Municipality) -> None:
    rows = mandate(0, ixelles, "alderman") | mandate(1, ixelles, "alderman", first=LAST, last="")
    answer = lead.post(reverse(ADD), person(**{"mandates-TOTAL_FORMS": "2"}, **rows))
    assert answer.status_code == 200
    assert errors_of(answer)[1] == {"starts_on": ["This person already holds this mandate on some of these days."]}
    assert Mandate.objects.count() == 0


def test_days_in_the_wrong_order_are_refused(lead: Client, ixelles: Municipality) -> None:
    answer = lead.post(reverse(ADD), person(**mandate(0, ixelles, first=LAST, last=FIRST)))
    assert "ends_on" in errors_of(answer)[0]


def test_missing_first_day_is_asked_for(lead: Client, ixelles: Municipality) -> None:
    answer = lead.post(reverse(ADD), person(**mandate(0, ixelles, first="")))
    assert set(errors_of(answer)[0]) == {"starts_on"}


def test_address_of_somebody_else_is_refused_beside_it(lead: Client, ixelles: Municipality) -> None:
    UserFactory(email="lotte@example.org")
    answer = lead.post(reverse(ADD), person(**mandate(0, ixelles)))
    assert answer.context["adminform"].form.errors == {"email": ["This address already belongs to somebody."]}


def test_history_tells_who_changed_which_mandate(lead: Client, ixelles: Municipality) -> None:
    lead.post(reverse(ADD), person(**mandate(0, ixelles, last="")))
    official = User.objects.get(email="lotte@example.org")
    held = Mandate.objects.get()
    change = reverse("admin:municipalities_official_change", args=[official.pk])
    row = mandate(0, ixelles, last=LAST, id=held.pk, user=official.pk)
    lead.post(change, person(phone="+32 2 000 00 01", **{"mandates-INITIAL_FORMS": "1"}, **row))
    answer = lead.get(reverse("admin:municipalities_official_history", args=[official.pk]))
    told = [(str(change.by), change.about, [field.label for field in change.fields]) for change in answer.context["changes"]]
    assert ("Marijke Overstraete", "mandate", ["period"]) in told
    assert ("Marijke Overstraete", "person", ["telephone"]) in told
    assert "to 31 December 2025 included" in answer.content.decode()


@pytest.mark.parametrize("words", ["lissewal", "LOTTE", "lotte@example", "elsene", "Ixelles", "Zoe"])
def test_official_is_found_by_name_address_or_municipality(lead: Client, ixelles: Municipality, words: str) -> None:
    wanted = UserFactory(alderman=ixelles, first_name="Lotte Zoé", last_name="Van Lissewal", email="lotte@example.org")
    UserFactory(alderman=Municipality.objects.get(code="UCC"), first_name="Autre", last_name="Personne")
    answer = lead.get(reverse("admin:municipalities_official_changelist"), {"q": words})
    assert [one.pk for one in answer.context["cl"].result_list] == [wanted.pk]


def test_official_filters(lead: Client, ixelles: Municipality, uccle: Municipality) -> None:
    now, gone, mayor = UserFactory(alderman=ixelles), UserFactory(former=ixelles), UserFactory(mayor=uccle)
    address = reverse("admin:municipalities_official_changelist")

    def found(**query: str) -> set[int]:
        return {one.pk for one in lead.get(address, query).context["cl"].result_list}

    assert found() == {now.pk, gone.pk, mayor.pk}
    assert found(in_office="yes") == {now.pk, mayor.pk}
    assert found(role="mayor") == {mayor.pk}
    assert found(municipality="IXL") == {now.pk, gone.pk}


@pytest.mark.parametrize("words", ["elsene", "IXELLES", "1050", "ixl", "21009", "saint josse", "Saint-Josse"])
def test_municipality_is_found_without_accents_by_postcode_or_code(lead: Client, ixelles: Municipality, words: str) -> None:
    answer = lead.get(reverse("admin:municipalities_municipality_changelist"), {"q": words})
    found = {one.code for one in answer.context["cl"].result_list}
    assert ("SJO" if "osse" in words else "IXL") in found
    assert len(found) <= 2


def test_staff_address_is_not_changed_by_who_does_not_manage_staff(lead: Client, ixelles: Municipality) -> None:
    chief = UserFactory(administrator=True, alderman=ixelles, email="admin@example.org")
    change = reverse("admin:municipalities_official_change", args=[chief.pk])
    assert lead.post(change, person(email="thief@example.org")).status_code == 403
    chief.refresh_from_db()
    assert chief.email == "admin@example.org"


NO_PARTS = {f"{rows}-{count}_FORMS": 0 for rows in ("signatories", "amendments") for count in ("TOTAL", "INITIAL")}


def test_agreement_state_is_derived_and_overlap_refused(lead: Client, ixelles: Municipality) -> None:
    AgreementFactory(municipality=ixelles, reference="CC-IN-THE-WAY")
    typed = {
        "municipality": ixelles.pk,
        "reference": "CC-NEW",
        "state": "expired",
        "signed_on": days_from_today(-5),
        "starts_on": days_from_today(-4),
        "ends_on": "",
        "services": ["audit"],
        "note_fr": "Une note",
    } | NO_PARTS
    answer = lead.post(reverse("admin:partnerships_agreement_add"), typed)
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"starts_on"}
    assert "CC-IN-THE-WAY" in errors["starts_on"][0]
    assert b"Une note</textarea>" in answer.content
    lead.post(reverse("admin:partnerships_agreement_add"), typed | {"signed_on": ""})
    made = Agreement.objects.get(reference="CC-NEW")
    assert made.state_on(days_from_today(0)) == Agreement.State.DRAFT


@pytest.mark.parametrize("services", [[], ["gardening"]])
def test_agreement_covers_known_services(lead: Client, ixelles: Municipality, services: list[str]) -> None:
    typed = {"municipality": ixelles.pk, "reference": "CC-NEW", "starts_on": FIRST, "services": services} | NO_PARTS
    answer = lead.post(reverse("admin:partnerships_agreement_add"), typed)
    assert set(answer.context["adminform"].form.errors) == {"services"}


@pytest.mark.parametrize("trait", ["draft", "future", "expiring", "expired", ""])
def test_filter_by_state_agrees_with_the_state_shown(lead: Client, trait: str) -> None:
    wanted = AgreementFactory(**({trait: True} if trait else {}))
    for other in {"draft", "future", "expiring", "expired"} - {trait}:
        AgreementFactory(**{other: True})
    state = wanted.state_on(days_from_today(0))
    answer = lead.get(reverse("admin:partnerships_agreement_changelist"), {"state": state})
    assert [one.pk for one in answer.context["cl"].result_list] == [wanted.pk]


@pytest.mark.parametrize("last_in", [179, 180, 181, 182])
def test_expiring_begins_on_the_same_day_in_list_and_state(lead: Client, last_in: int) -> None:
    wanted = AgreementFactory(period=(days_from_today(-30), days_from_today(last_in + 1)))
    wanted.refresh_from_db()
    answer = lead.get(reverse("admin:partnerships_agreement_changelist"), {"state": wanted.state_on(days_from_today(0))})
    assert len(answer.context["cl"].result_list) == 1


def test_second_spoc_is_refused_beside_the_day(lead: Client, ixelles: Municipality) -> None:
    first = SpocAssignmentFactory(municipality=ixelles)
    add = reverse("admin:partnerships_spocassignment_add")
    typed = {"municipality": ixelles.pk, "officer": UserFactory(spoc=True).pk, "role": "primary", "starts_on": days_from_today(0)}
    answer = lead.post(add, typed)
    assert set(answer.context["adminform"].form.errors) == {"starts_on"}
    answer = lead.post(add, typed | {"role": "deputy", "officer": first.officer.pk})
    assert set(answer.context["adminform"].form.errors) == {"officer"}
    lead.post(add, typed | {"role": "deputy"})
    assert SpocAssignment.objects.in_force(days_from_today(0)).count() == 2


def test_clash_that_the_database_alone_sees_becomes_a_sentence(
    lead: Client, ixelles: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people name a mayor at the same moment: the second's validation saw nothing, the constraint does."""
    UserFactory(mayor=ixelles)
    seen: list[str] = []
    validate = ExclusionConstraint.validate

    def blind_at_first(self: ExclusionConstraint, *args: Any, **kwargs: Any) -> None:
        seen.append(self.name)
        if seen.count(self.name) > 1:
            validate(self, *args, **kwargs)

    monkeypatch.setattr(ExclusionConstraint, "validate", blind_at_first)
    answer = lead.post(reverse(ADD), person(**mandate(0, ixelles, first=days_from_today(-1), last="")))
    ((field, (words,)),) = errors_of(answer)[0].items()
    assert (field, "is mayor of Ixelles since" in words) == ("role", True)


def test_second_to_save_a_person_is_told_who_and_keeps_every_word(lead: Client, staff_client: StaffClient, ixelles: Municipality) -> None:
    official = UserFactory(alderman=ixelles, first_name="Lotte", last_name="Van Lissewal")
    held = official.mandates.get()
    change = reverse("admin:municipalities_official_change", args=[official.pk])
    row = mandate(0, ixelles, "alderman", first=held.starts_on, last="", id=held.pk, user=official.pk)
    mine, theirs = (
        person(**{"mandates-INITIAL_FORMS": "1"}, **row, seen=lead.get(change).context["adminform"].form["seen"].value()) for _ in "12"
    )
    colleague = staff_client(UserFactory(spoc=True, first_name="Aïcha", last_name="Berradouane"))
    colleague.post(change, theirs | {"mandates-0-ends_on": days_from_today(30)})
    held.refresh_from_db()
    assert held.ends_on == days_from_today(30)
    answer = lead.post(change, mine | {"phone": "+32 2 000 00 77"})
    assert "Aïcha Berradouane saved this meanwhile" in answer.content.decode()
    assert b"+32 2 000 00 77" in answer.content
    official.refresh_from_db()
    assert official.phone == ""
    lead.post(change, mine | {"phone": "+32 2 000 00 77", "seen": answer.context["adminform"].form["seen"].value()})
    official.refresh_from_db()
    assert official.phone == "+32 2 000 00 77"


def test_second_to_save_an_agreement_is_told(lead: Client, ixelles: Municipality) -> None:
    agreement = AgreementFactory(municipality=ixelles)
    change = reverse("admin:partnerships_agreement_change", args=[agreement.pk])
    form = lead.get(change).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None} | NO_PARTS
    assert lead.post(change, typed | {"note_fr": "Première"}).status_code == 302
    answer = lead.post(change, typed | {"note_fr": "Seconde"})
    assert answer.status_code == 200
    assert b"Seconde</textarea>" in answer.content
    agreement.refresh_from_db()
    assert agreement.note_fr == "Première"
