"""States from facts, the renewal and what it copies, and the days another agreement covers."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from config.seed.agreement_parts import small_pdf
from partnerships.models import Agreement, AgreementAmendment, AgreementSignatory, Event, Theme
from partnerships.renewals import differences, with_predecessor
from partnerships.services.agreements import RenewalNeedsEnd, check_pdf, choose_themes, keep_document, renew_agreement
from tests.factories import AgreementFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Agreement.State
SIGNED, FIRST, LAST = dt.date(2024, 12, 10), dt.date(2025, 1, 1), dt.date(2030, 12, 31)
AFTER = LAST + dt.timedelta(days=1)


@pytest.fixture
def agreement() -> Agreement:
    one = AgreementFactory(
        signed_on=SIGNED, college_decision_on=None, period=DateRange(FIRST, AFTER), services=["audit", "works"],
        working_methods_fr="Deux réunions", working_methods_nl="Twee vergaderingen", note_fr="Note",
    )  # fmt: skip
    choose_themes(one, [Theme.objects.create(slug=slug, name_fr=slug, name_nl=slug) for slug in ("markets", "trade")])
    AgreementSignatory.objects.create(
        agreement=one, side="municipality", name="Ada Inventée", function_fr="Bourgmestre", function_nl="Burgemeester"
    )
    AgreementSignatory.objects.create(agreement=one, side="agency", name="Sans Fonction")
    AgreementAmendment.objects.create(agreement=one, number=1, signed_on=SIGNED, effective_from=FIRST, changes_fr="a", changes_nl="b")
    return keep_document(one, by=UserFactory(spoc=True), pdf=check_pdf(SimpleUploadedFile("a.pdf", small_pdf(("a",)))))


def test_renewal_copies_what_carries_over_and_nothing_else(agreement):
    by = UserFactory(lead=True)
    renewal = renew_agreement(agreement, by=by)
    assert [renewal.predecessor, renewal.municipality, renewal.signed_on] == [agreement, agreement.municipality, None]
    assert renewal.period == DateRange(AFTER, dt.date(2037, 1, 1))
    assert [renewal.services, renewal.working_methods_fr, renewal.working_methods_nl] == [
        ["audit", "works"],
        "Deux réunions",
        "Twee vergaderingen",
    ]
    assert renewal.theme_names == ["markets", "trade"]
    assert renewal.first_signed_on == SIGNED
    assert [(one.name, one.function_nl) for one in renewal.signatories.all()] == [("", "Burgemeester")]
    assert not renewal.document
    assert not renewal.note_fr
    assert not renewal.amendments.exists()
    assert [(event.verb, event.actor) for event in Event.objects.about(renewal)] == [("agreement_renewal_drafted", by)]


def test_asked_twice_the_same_draft_is_there(agreement):
    by = UserFactory(lead=True)
    assert renew_agreement(agreement, by=by) == renew_agreement(agreement, by=by)
    assert Agreement.objects.count() == 2


def test_a_taken_reference_gets_a_number_behind_it(agreement):
    nis = agreement.municipality.nis_code
    AgreementFactory(reference=f"CC-2031-{nis}")
    assert renew_agreement(agreement, by=UserFactory(lead=True)).reference == f"CC-2031-{nis}-2"


@pytest.mark.parametrize("fields", [{"signed_on": None}, {"period": DateRange(FIRST, None)}], ids=["draft", "no end"])
def test_what_has_no_end_or_signature_is_not_renewed(fields):
    one = AgreementFactory(college_decision_on=None, **{"signed_on": SIGNED, "period": DateRange(FIRST, AFTER)} | fields)
    with pytest.raises(RenewalNeedsEnd):
        renew_agreement(one, by=UserFactory(lead=True))


def test_differences_stand_side_by_side(agreement):
    renewal = renew_agreement(agreement, by=UserFactory(lead=True))
    renewal.services = ["audit", "development"]
    renewal.save()
    found = {str(one.label): one for one in differences(with_predecessor(Agreement.objects.with_all()).get(pk=renewal.pk))}
    changed = [one.is_changed for one in found.values()]
    assert changed == [True, True, False, False, True, True, True]
    services = list(found.values())[1]
    assert [is_gone for _line, is_gone in services.before_lines].count(True) == 1
    assert [is_new for _line, is_new in services.after_lines].count(True) == 1


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (LAST, State.EXPIRING),
        (AFTER, State.EXPIRED),
        (AFTER + dt.timedelta(days=9), State.EXPIRED),
        (AFTER + dt.timedelta(days=10), State.RENEWED),
    ],
    ids=["last day", "gap begins", "gap ends", "successor begins"],
)
def test_renewed_once_the_signed_successor_has_begun(agreement, day, state):
    begins = AFTER + dt.timedelta(days=10)
    renewal = AgreementFactory(
        municipality=agreement.municipality, signed_on=LAST, college_decision_on=None, period=DateRange(begins, None), predecessor=agreement
    )
    one = Agreement.objects.select_related("successor").get(pk=agreement.pk)
    assert one.state_on(day) == state
    assert list(Agreement.objects.in_state(state, day).exclude(pk=renewal.pk)) == [agreement]
    assert sum(Agreement.objects.in_state(each, day).filter(pk=agreement.pk).count() for each in State) == 1
    Agreement.objects.filter(pk=renewal.pk).update(signed_on=None)
    unsigned = Agreement.objects.select_related("successor").get(pk=agreement.pk)
    assert unsigned.state_on(day) == (State.EXPIRED if state == State.RENEWED else state)


def test_the_agreement_in_the_way_is_named(agreement):
    late = AgreementFactory.build(
        municipality=agreement.municipality, signed_on=SIGNED, college_decision_on=None, period=DateRange(LAST, None)
    )
    with pytest.raises(ValidationError) as refusal:
        late.full_clean()
    assert agreement.reference in " ".join(refusal.value.messages)
    with pytest.raises(IntegrityError, match="agreement_one_in_force_per_day"), transaction.atomic():
        late.save()


def test_predecessor_is_of_the_same_municipality(agreement):
    foreign = AgreementFactory.build(municipality=MunicipalityFactory(), predecessor=agreement)
    with pytest.raises(ValidationError) as refusal:
        foreign.clean()
    assert set(refusal.value.message_dict) == {"predecessor"}


@pytest.mark.parametrize(("precision", "words"), [("day", "2018"), ("month", "2018"), ("year", "2018")])
def test_first_signature_is_as_exact_as_it_is_known(agreement, precision, words):
    agreement.first_signed_on, agreement.first_signed_precision = dt.date(2018, 3, 5), precision
    assert agreement.first_signature.endswith(words)
    assert len(agreement.first_signature.split()) == {"day": 3, "month": 2, "year": 1}[precision]
