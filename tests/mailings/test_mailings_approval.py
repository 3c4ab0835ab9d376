"""An approval covers exactly what was shown, and nothing that was changed since."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailings import services
from mailings.models import Mailing, MailingItem
from municipalities.models import User
from partnerships.models import Event
from tests.factories import MailingFactory, MailingItemFactory, MeasureFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Mailing.State

FIELDS = {
    "subject_fr": "Autre objet",
    "subject_nl": "Ander onderwerp",
    "intro_fr": "Autre introduction.",
    "intro_nl": "Andere inleiding.",
    "closing_fr": "Bien à vous,",
    "closing_nl": "Hoogachtend,",
    "audience_roles": ["mayor"],
    "audience_portfolios": ["trade"],
}
ITEM_FIELDS = {
    "title_fr": "Autre titre",
    "title_nl": "Andere titel",
    "body_fr": "Autre texte.",
    "body_nl": "Andere tekst.",
    "source_url": "https://example.org/autre",
}


@pytest.fixture
def editor() -> User:
    return UserFactory(editor=True)


def _rows(mailing: Mailing) -> list[dict[str, object]]:
    names = ("position", "measure", "title_fr", "title_nl", "body_fr", "body_nl", "source_url")
    return [{"id": item.pk} | {name: getattr(item, name) for name in names} for item in mailing.items.all()]


def _edit(mailing: Mailing, by: User, items: list[dict[str, object]] | None = None, **fields: object) -> Mailing:
    return services.edit_mailing(mailing, by=by, revision=mailing.revision, fields=fields, items=items)


def _assert_void(mailing: Mailing, by: User) -> None:
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT
    assert mailing.approval_in_force() is None
    assert Event.objects.about(mailing).get(verb=Event.Verb.MAILING_APPROVAL_VOIDED).actor == by


@pytest.mark.parametrize("state", ["approved", "scheduled"])
@pytest.mark.parametrize("field", list(FIELDS))
def test_changing_any_field_voids_approval_and_schedule(editor: User, field: str, state: str) -> None:
    mailing = MailingFactory(**{state: True})
    assert mailing.approval_in_force()
    _edit(mailing, editor, **{field: FIELDS[field]})
    _assert_void(mailing, editor)


@pytest.mark.parametrize("field", list(ITEM_FIELDS))
def test_changing_any_field_of_an_item_voids_the_approval(editor: User, field: str) -> None:
    mailing = MailingFactory(approved=True)
    rows = _rows(mailing)
    rows[1][field] = ITEM_FIELDS[field]
    _edit(mailing, editor, rows)
    _assert_void(mailing, editor)


def test_the_order_of_items_their_number_and_a_new_one_count_as_content(editor: User) -> None:
    for change in (
        lambda rows: [rows[0] | {"position": 2}, rows[1] | {"position": 1}],
        lambda rows: rows[:1],
        lambda rows: [*rows, {"title_fr": "Neuf", "title_nl": "Nieuw", "body_fr": "Texte.", "body_nl": "Tekst."}],
    ):
        mailing = MailingFactory(approved=True)
        _edit(mailing, editor, change(_rows(mailing)))
        _assert_void(mailing, editor)


def test_saving_without_a_change_voids_nothing(editor: User) -> None:
    mailing = MailingFactory(scheduled=True)
    same = {name: getattr(mailing, name) for name in FIELDS}
    _edit(mailing, editor, _rows(mailing), **same)
    mailing.refresh_from_db()
    assert mailing.state == State.SCHEDULED
    assert mailing.revision == 1
    assert mailing.approval_in_force()
    assert not Event.objects.about(mailing).exists()


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40)


@given(st.dictionaries(st.sampled_from(["subject_fr", "intro_nl", "closing_fr"]), WORDS, min_size=1))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_approval_in_force_always_covers_what_would_be_sent(editor: User, changes: dict[str, str]) -> None:
    mailing = MailingFactory(approved=True)
    approved = mailing.content_hash()
    mailing = _edit(mailing, editor, **changes)
    in_force = mailing.approval_in_force()
    assert bool(in_force) == (mailing.content_hash() == approved) == (mailing.state == State.APPROVED)


def test_while_the_cabinet_reads_a_complete_edit_stays_before_it_and_the_old_verdict_is_refused(editor: User) -> None:
    mailing, cabinet = MailingFactory(in_review=True), UserFactory(cabinet=True)
    shown = mailing.content_hash()
    mailing = _edit(mailing, editor, intro_fr="Montant corrigé.")
    assert mailing.state == State.IN_REVIEW
    for give in (
        lambda: services.approve_mailing(mailing, by=cabinet, shown_hash=shown),
        lambda: services.send_back_mailing(mailing, by=cabinet, shown_hash=shown, comment="Non."),
    ):
        with pytest.raises(services.StaleContent) as stale:
            give()
        assert stale.value.mailing.intro_fr == "Montant corrigé."
    assert not mailing.approvals.exists()


@pytest.mark.parametrize("state", ["approved", "scheduled"])
def test_an_approved_mailing_can_be_emptied_and_is_a_draft_then(editor: User, state: str) -> None:
    mailing = MailingFactory(**{state: True})
    _edit(mailing, editor, subject_nl="")
    _assert_void(mailing, editor)


def test_while_the_cabinet_reads_an_incomplete_edit_makes_it_a_draft_again(editor: User) -> None:
    mailing = MailingFactory(in_review=True)
    assert _edit(mailing, editor, subject_nl="").state == State.DRAFT


@pytest.mark.parametrize("field", ["subject_fr", "subject_nl", "intro_fr", "intro_nl"])
def test_approval_is_not_asked_with_a_language_missing(editor: User, field: str) -> None:
    mailing = MailingFactory(**{field: "  "})
    with pytest.raises(services.NotComplete) as refused:
        services.ask_approval(mailing, by=editor)
    assert refused.value.missing == [str(Mailing._meta.get_field(field).verbose_name)]
    mailing.refresh_from_db()
    assert mailing.state == State.DRAFT


@pytest.mark.parametrize("field", ["title_fr", "title_nl", "body_fr", "body_nl"])
def test_approval_is_not_asked_with_a_language_of_an_item_missing(editor: User, field: str) -> None:
    mailing = MailingFactory(items=1)
    MailingItemFactory(mailing=mailing, position=2, **{field: ""})
    with pytest.raises(services.NotComplete) as refused:
        services.ask_approval(mailing, by=editor)
    assert len(refused.value.missing) == 1
    assert str(MailingItem._meta.get_field(field).verbose_name) in refused.value.missing[0]
    assert "2" in refused.value.missing[0]


def test_approval_is_not_asked_for_a_mail_that_would_be_cut_off_or_go_to_nobody(editor: User) -> None:
    long = "Une phrase qui se répète sans fin. " * 100
    mailing = MailingFactory(items=0, audience_roles=[])
    for position in range(14):
        MailingItemFactory(mailing=mailing, position=position, body_fr=long, body_nl=long)
    with pytest.raises(services.NotComplete) as refused:
        services.ask_approval(mailing, by=editor)
    assert len(refused.value.missing) == 2
    assert "90" in refused.value.missing[1]


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(editor: User) -> None:
    mailing = MailingFactory()
    services.edit_mailing(mailing, by=editor, revision=1, fields={"intro_fr": "Première."})
    with pytest.raises(services.StaleRevision) as stale:
        services.edit_mailing(mailing, by=editor, revision=1, fields={"intro_fr": "Seconde."})
    assert stale.value.mailing.intro_fr == "Première."
    mailing.refresh_from_db()
    assert mailing.intro_fr == "Première."


def test_an_item_of_another_mailing_cannot_be_taken(editor: User) -> None:
    mailing, other = MailingFactory(), MailingFactory()
    with pytest.raises(ValidationError):
        _edit(mailing, editor, _rows(other))
    assert other.items.count() == 2


def test_state_and_approval_cannot_be_slipped_in_as_fields(editor: User) -> None:
    with pytest.raises(ValueError, match="state"):
        _edit(MailingFactory(), editor, state="approved")


def test_sending_back_needs_a_word_on_why() -> None:
    mailing = MailingFactory(in_review=True)
    with pytest.raises(ValidationError):
        services.send_back_mailing(mailing, by=UserFactory(cabinet=True), shown_hash=mailing.content_hash(), comment=" ")
    assert not mailing.approvals.exists()


def test_a_mailing_changed_behind_the_services_is_neither_scheduled_nor_sent(editor: User) -> None:
    mailing = MailingFactory(approved=True)
    Mailing.objects.filter(pk=mailing.pk).update(intro_fr="Glissé par derrière.")
    with pytest.raises(services.NotApproved):
        services.schedule_mailing(mailing, by=editor, at=timezone.now() + dt.timedelta(hours=1))
    with pytest.raises(services.NotApproved):
        services.send_mailing_now(mailing, by=editor)


def test_an_hour_in_the_past_is_refused(editor: User) -> None:
    with pytest.raises(ValidationError):
        services.schedule_mailing(MailingFactory(approved=True), by=editor, at=timezone.now() - dt.timedelta(minutes=1))


def test_an_item_from_a_measure_carries_its_words_in_both_languages() -> None:
    measure, mailing = MeasureFactory(), MailingFactory(items=0)
    item = services.item_from_measure(measure, mailing=mailing, position=4)
    item.save()
    assert (item.title_fr, item.title_nl, item.body_fr, item.body_nl) == (
        measure.title_fr,
        measure.title_nl,
        measure.summary_fr,
        measure.summary_nl,
    )
    assert item.source_url == measure.source_url
