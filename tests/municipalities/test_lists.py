"""Lists from spreadsheets: tried first, faults by row, column and reason in the reader's language, everything or nothing."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook

from municipalities.lists.models import ListImport
from municipalities.lists.runs import LISTS, try_list
from municipalities.models import Association, AssociationContact, Mandate, Municipality, Neighbourhood, Street, User
from municipalities.turnover.files import read_file
from partnerships.models import Event
from partnerships.services.lists import ListChanged, ListNotAllowed, ListSettled, import_list, outcome_of, upload_list
from tests.admin.conftest import StaffClient, ixelles, staff_client, uccle  # noqa: F401
from tests.factories import MandateFactory, UserFactory, since

pytestmark = pytest.mark.django_db
Kind = ListImport.Kind
ADD = "admin:municipalities_listimport_add"
OFFICIALS = "Commune;Mandat;Nom;Prénom;Adresse e-mail;Téléphone;Compétences;Premier jour;Dernier jour"
ASSOCIATIONS = "Commune;Association;État;Depuis le;Quartier;Numéro d'entreprise;Contact;Adresse e-mail professionnelle;Accord pour figurer"
STREETS = "Gemeente;Straat in het Frans;Straat in het Nederlands;Soort;Wijk in het Frans;Wijk in het Nederlands"


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode("utf-8-sig")


@pytest.fixture
def lead(ixelles: Municipality) -> User:  # noqa: F811
    person: User = UserFactory(lead=True, interface_language="fr")
    return person


def imported(kind: str, lead: User, *lines: str) -> ListImport:
    kept = upload_list(csv_of(*lines), kind=kind, name="liste.csv", by=lead)
    outcome = outcome_of(kept)
    assert outcome.faults == []
    return import_list(kept, by=lead, shown=outcome.fingerprint)


def rows_of_everything() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (User, Mandate, Association, AssociationContact, Street, Neighbourhood)}


# --- Each list ----------------------------------------------------------------------------------


def test_officials_come_with_their_mandate_and_are_brought_up_to_date(lead: User) -> None:
    first = "Ixelles;Agent communal;Peeters;An;an@example.org;+32 2 111 11 11;;2026-09-01;"
    done = imported(Kind.OFFICIALS, lead, OFFICIALS, first)
    person = User.objects.get(email="an@example.org")
    mandate = person.mandates.get()
    assert (done.counts, person.phone, mandate.role, str(mandate.starts_on)) == (
        {"entered": 1, "changed": 0, "same": 0},
        "+32 2 111 11 11",
        "officer",
        "2026-09-01",
    )
    assert (person.correspondence_language, person.has_usable_password()) == ("both", False)
    again = "Elsene;Gemeentelijk medewerker;PEETERS;An;an@example.org;'+32 2 222 22 22;Mobilité;;31/12/2026"
    assert imported(Kind.OFFICIALS, lead, OFFICIALS, again).counts == {"entered": 0, "changed": 1, "same": 0}
    person.refresh_from_db()
    mandate.refresh_from_db()
    assert (person.phone, mandate.portfolios, str(mandate.ends_on)) == ("+32 2 222 22 22", ["mobility"], "2026-12-31")
    assert Mandate.history.filter(id=mandate.pk).latest("history_date").history_change_reason.startswith("list ")
    assert imported(Kind.OFFICIALS, lead, OFFICIALS, again).counts == {"entered": 0, "changed": 0, "same": 1}


def test_associations_come_with_stage_and_contacts(lead: User, ixelles: Municipality) -> None:  # noqa: F811
    two_contacts = (
        "Ixelles;Les Commerçants du Bailli;Active;2024-02-01;;0403.170.701;Jo Exemple;jo@example.org;oui",
        "Ixelles;Les commercants du Bailli;;;;;Max Exemple;max@example.org;",
    )
    imported(Kind.ASSOCIATIONS, lead, ASSOCIATIONS, *two_contacts)
    association = Association.objects.get()
    assert (association.municipality, association.enterprise_number) == (ixelles, "0403170701")
    assert list(association.contacts.values_list("name", "has_consented")) == [("Jo Exemple", True), ("Max Exemple", False)]
    imported(Kind.ASSOCIATIONS, lead, ASSOCIATIONS, "Ixelles;Les Commerçants du Bailli;En sommeil;2026-01-15;;;;;")
    assert list(association.stages.order_by("since").values_list("state", flat=True)) == ["active", "dormant"]


def test_streets_come_with_their_neighbourhood(lead: User, ixelles: Municipality) -> None:  # noqa: F811
    row = "Elsene;Rue de l'Essai;Proefstraat;Winkelstraat;Quartier de l'Essai;Proefwijk"
    imported(Kind.STREETS, lead, STREETS, row)
    street = Street.objects.get(name_fr="Rue de l'Essai")
    assert (street.municipality, street.kind, street.neighbourhood and street.neighbourhood.name_nl) == (ixelles, "shopping", "Proefwijk")
    assert imported(Kind.STREETS, lead, STREETS, row).counts["same"] == 1


def test_an_event_says_who_imported_what_and_the_rows_are_gone(lead: User) -> None:
    done = imported(Kind.STREETS, lead, STREETS, "Elsene;Rue de l'Essai;Proefstraat;;;")
    event = Event.objects.get(verb=Event.Verb.LIST_IMPORTED)
    assert (event.actor, event.subject, event.data["list"], event.data["entered"]) == (lead, done, "streets", 1)
    assert (done.content, "Essai" in str(event.data)) == ({}, False)


# --- Faults -------------------------------------------------------------------------------------

FAULTS = {
    "unknown municipality": (Kind.OFFICIALS, OFFICIALS, "Namur;Agent communal;A;B;a@example.org;;;2026-01-01;", "Commune", "Namur"),
    "unknown role": (Kind.OFFICIALS, OFFICIALS, "Ixelles;Chef;A;B;a@example.org;;;2026-01-01;", "Mandat", "Chef"),
    "no address": (Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;A;B;personne;;;2026-01-01;", "Adresse e-mail", "courriel"),
    "formula": (Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;=A1;B;a@example.org;;;2026-01-01;", "Nom", "formule"),
    "no first day": (Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;A;B;a@example.org;;;;", "Premier jour", "premier jour"),
    "last before first": (
        Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;A;B;a@example.org;;;2026-02-01;2026-01-01", "Dernier jour", "dernier jour",
    ),
    "two mayors": (Kind.OFFICIALS, OFFICIALS, "Ixelles;Bourgmestre;A;B;a@example.org;;;2026-01-01;", "Premier jour", "Maire-Unique"),
    "address of another": (
        Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;A;B;maire@example.org;;;2026-01-01;", "Adresse e-mail", "Maire-Unique",
    ),
    "same name elsewhere": (
        Kind.OFFICIALS, OFFICIALS, "Ixelles;Agent communal;Maire-Unique;Zoé;z@example.org;;;2026-01-01;", "Adresse e-mail", "maire@",
    ),
    "twice": (
        Kind.STREETS, STREETS, "Elsene;Rue A;Straat A;;;\nIxelles;RUE A;Straat A;;;", "Rue en français", "ligne 2",
    ),
    "street without Dutch": (Kind.STREETS, STREETS, "Elsene;Rue A;;;;", "Rue en néerlandais", "vide"),
    "half a neighbourhood": (Kind.STREETS, STREETS, "Elsene;Rue A;Straat A;;Quartier neuf;", "Quartier en néerlandais", "vide"),
    "wrong control digits": (
        Kind.ASSOCIATIONS, ASSOCIATIONS, "Ixelles;X;Active;2024-01-01;;0403.170.702;;;", "Numéro d'entreprise", "deux derniers chiffres",
    ),
    "state without day": (Kind.ASSOCIATIONS, ASSOCIATIONS, "Ixelles;X;Active;;;;;;", "Depuis le", "depuis quand"),
    "contact without name": (Kind.ASSOCIATIONS, ASSOCIATIONS, "Ixelles;X;Active;2024-01-01;;;;a@example.org;", "Contact", "nom"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_row_column_and_reason_and_nothing_is_written(lead: User, ixelles: Municipality, name: str) -> None:  # noqa: F811
    kind, heading, rows, column, reason = FAULTS[name]
    mayor = UserFactory(first_name="Zoé", last_name="Maire-Unique", email="maire@example.org")
    MandateFactory(municipality=ixelles, user=mayor, role="mayor", period=since(400))
    before = rows_of_everything()
    with translation.override("fr"):
        outcome = try_list(read_file(csv_of(heading, rows), LISTS[kind].columns), kind)
        told = [(fault.row, str(fault.column), fault.reason) for fault in outcome.faults]
    assert [where for *where, _reason in told] == [[1 + len(rows.splitlines()), column]], told
    assert reason in told[0][2]
    assert rows_of_everything() == before


def test_one_fault_among_many_rows_lets_nothing_in(lead: User) -> None:
    good = [f"Elsene;Rue {n};Straat {n};;;" for n in range(9)]
    kept = upload_list(csv_of(STREETS, *good, "Nergens;Rue;Straat;;;"), kind=Kind.STREETS, name="x.csv", by=lead)
    with pytest.raises(ListChanged):
        import_list(kept, by=lead, shown="what was shown")
    assert not Street.objects.filter(name_fr__startswith="Rue 1").exists()
    assert not Event.objects.exists()


def test_what_changed_since_it_was_shown_is_shown_again(lead: User, ixelles: Municipality) -> None:  # noqa: F811
    kept = upload_list(csv_of(STREETS, "Elsene;Rue A;Straat A;;;"), kind=Kind.STREETS, name="x.csv", by=lead)
    shown = outcome_of(kept).fingerprint
    Street.objects.create(municipality=ixelles, name_fr="Rue A", name_nl="Andere")
    with pytest.raises(ListChanged):
        import_list(kept, by=lead, shown=shown)
    assert Street.objects.get(name_fr="Rue A").name_nl == "Andere"
    import_list(kept, by=lead, shown=outcome_of(kept).fingerprint)
    with pytest.raises(ListSettled):
        import_list(kept, by=lead)


# --- The pages ----------------------------------------------------------------------------------


def _file(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("liste.csv", csv_of(*lines), "text/csv")


def test_from_the_file_to_the_list_in_the_administration(staff_client: StaffClient, lead: User) -> None:  # noqa: F811
    client = staff_client(lead)
    page = client.post(reverse(ADD), {"kind": "streets", "file": _file(STREETS, "Elsene;Rue A;Straat A;;;")}, follow=True)
    assert not Street.objects.filter(name_fr="Rue A").exists()
    assert "Rue A" in page.content.decode()
    listed = ListImport.objects.get()
    apply = reverse("admin:municipalities_listimport_apply", args=[listed.pk])
    done = client.post(apply, {"shown": page.context["plan"].fingerprint}, follow=True)
    assert Street.objects.filter(name_fr="Rue A").exists()
    assert reverse("admin:municipalities_street_changelist") in done.content.decode()
    assert client.post(apply, {"shown": "x"}, follow=True).status_code == 200


def test_a_file_with_faults_has_no_button_and_can_be_thrown_away(staff_client: StaffClient, lead: User) -> None:  # noqa: F811
    client = staff_client(lead)
    page = client.post(reverse(ADD), {"kind": "streets", "file": _file(STREETS, "Namen;Rue A;Straat A;;;")}, follow=True)
    listed = ListImport.objects.get()
    assert reverse("admin:municipalities_listimport_apply", args=[listed.pk]) not in page.content.decode()
    client.post(reverse("admin:municipalities_listimport_discard", args=[listed.pk]))
    assert not ListImport.objects.exists()


@pytest.mark.parametrize("content", [b"", b"Commune;Nom\nIxelles;A", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7"])
def test_what_is_no_such_list_is_refused_beside_the_field(staff_client: StaffClient, lead: User, content: bytes) -> None:  # noqa: F811
    page = staff_client(lead).post(reverse(ADD), {"kind": "streets", "file": SimpleUploadedFile("a.csv", content or b" ")})
    assert page.context["form"].errors["file"]
    assert not ListImport.objects.exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", Kind.values)
def test_the_template_is_a_list_the_portal_reads(staff_client: StaffClient, lead: User, kind: str, ending: str) -> None:  # noqa: F811
    address = reverse("admin:municipalities_listimport_template", args=[kind, ending])
    content = staff_client(lead).get(address).content
    page = staff_client(lead).post(reverse(ADD), {"kind": kind, "file": SimpleUploadedFile(f"a.{ending}", content)})
    (told,) = page.context["form"].errors["file"]
    assert told == "Le fichier a des titres, mais aucune ligne en dessous."


def test_xlsx_is_read_as_well(lead: User) -> None:
    book, stream = Workbook(), io.BytesIO()
    for row in (STREETS.split(";"), ["Elsene", "Rue A", "Straat A", "", "", ""]):
        book.active.append(row)
    book.save(stream)
    kept = upload_list(stream.getvalue(), kind=Kind.STREETS, name="a.xlsx", by=lead)
    assert outcome_of(kept).counts["entered"] == 1


STATUS = {"lead": 200, "administrator": 200, "spoc": 403, "editor": 403, "cabinet": 404, "alderman": 404, "former": 404}


@pytest.mark.parametrize("who", STATUS)
def test_who_imports_lists(staff_client: StaffClient, lead: User, ixelles: Municipality, who: str) -> None:  # noqa: F811
    kept = upload_list(csv_of(STREETS, "Elsene;Rue A;Straat A;;;"), kind=Kind.STREETS, name="x.csv", by=lead)
    person = UserFactory(**{who: ixelles if who in ("alderman", "former") else True})
    client = staff_client(person)
    apply = reverse("admin:municipalities_listimport_apply", args=[kept.pk])
    allowed = {200} if STATUS[who] == 200 else {STATUS[who], 302} if who == "former" else {STATUS[who]}
    assert client.get(reverse(ADD)).status_code in allowed
    assert client.get(reverse("admin:municipalities_listimport_template", args=["streets", "csv"])).status_code in allowed
    assert client.get(reverse("admin:municipalities_listimport_change", args=[kept.pk])).status_code != 200, (
        "what is looked at is its owner's"
    )
    assert client.post(apply, {"shown": ""}).status_code in {302, 403, 404}
    assert Client().get(reverse(ADD)).status_code == 302
    if STATUS[who] != 200:
        with pytest.raises(ListNotAllowed):
            import_list(kept, by=person)
    assert not Street.objects.filter(name_fr="Rue A").exists()


@pytest.mark.parametrize("kind", Kind.values)
def test_the_button_stands_on_the_list_it_fills(staff_client: StaffClient, lead: User, kind: str) -> None:  # noqa: F811
    model = {"officials": "official", "associations": "association", "streets": "street"}[kind]
    address = reverse(f"admin:municipalities_{model}_changelist")
    assert f"{reverse(ADD)}?kind={kind}" in staff_client(lead).get(address).content.decode()
    assert f"{reverse(ADD)}?kind={kind}" not in staff_client(UserFactory(spoc=True)).get(address).content.decode()


def test_a_trial_leaves_no_row_and_no_history(lead: User, django_assert_max_num_queries: Callable[..., object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM municipalities_historicaluser")
        before = cursor.fetchone()
        raw = read_file(csv_of(OFFICIALS, "Ixelles;Agent communal;A;B;a@example.org;;;2026-01-01;"), LISTS[Kind.OFFICIALS].columns)
        with django_assert_max_num_queries(40):
            assert try_list(raw, Kind.OFFICIALS).counts["entered"] == 1
        cursor.execute("SELECT count(*) FROM municipalities_historicaluser")
        assert cursor.fetchone() == before
    assert not User.objects.filter(email="a@example.org").exists()
