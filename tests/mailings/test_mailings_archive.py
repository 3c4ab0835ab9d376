"""The archive: officials read what was sent, in their language, and find it by words."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mailings import services
from mailings.models import Delivery, Mailing
from mailings.rendering import build_messages
from mailings.rendering.personal import personal_parts, render_personal
from municipalities.languages import reading_in
from municipalities.models import User
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.reading import links_in_html, words_of
from tests.mailings.test_review_access import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> User:
    person = UserFactory(alderman=MunicipalityFactory(), interface_language="fr")
    enter(client, person)
    return person


CAST = {"alderman": 200, "spoc": 200, "editor": 200, "cabinet": 404, "former": 302, "anonymous": 302}


@pytest.mark.parametrize(("who", "status"), CAST.items(), ids=list(CAST))
def test_who_reads_the_archive(client: Client, who: str, status: int) -> None:
    place = MunicipalityFactory()
    person = None if who == "anonymous" else UserFactory(**{who: place if who in {"alderman", "former"} else True})
    enter(client, person)
    mailing = MailingFactory(sent=True)
    assert client.get(reverse("mailings")).status_code == status
    assert client.get(reverse("mailing", args=[mailing.key])).status_code == status


@pytest.mark.parametrize("state", ["draft", "in_review", "approved", "scheduled", "held"])
def test_what_was_not_sent_is_not_there(client: Client, reader: User, state: str) -> None:
    mailing = MailingFactory(**{state: True}, **({"held_reason": "too_late"} if state == "held" else {}))
    assert mailing.subject_fr not in client.get(reverse("mailings")).content.decode()
    assert client.get(reverse("mailing", args=[mailing.key])).status_code == 404
    assert mailing.subject_fr not in client.get(reverse("mailings"), {"q": mailing.subject_fr}).content.decode().replace(
        f'value="{mailing.subject_fr}"', ""
    ).replace(f"« {mailing.subject_fr} »", "").replace(f"“{mailing.subject_fr}”", "")


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_a_mailing_is_read_in_the_readers_language(client: Client, reader: User, language: str) -> None:
    User.objects.filter(pk=reader.pk).update(interface_language=language)
    mailing = MailingFactory(sent=True)
    other = "nl" if language == "fr" else "fr"
    page = client.get(reverse("mailing", args=[mailing.key])).content.decode()
    assert getattr(mailing, f"subject_{language}") in words_of(page)
    assert getattr(mailing, f"subject_{other}") not in words_of(page)
    page = client.get(reverse("mailing", args=[mailing.key]), {"in": other}).content.decode()
    assert getattr(mailing, f"subject_{other}") in words_of(page)
    assert f'lang="{other}"' in page


def test_it_shows_what_was_sent_not_what_stands_in_the_table_now(client: Client, reader: User) -> None:
    mailing = MailingFactory(approved=True)
    services.plan_run(mailing, by=None)
    Mailing.objects.filter(pk=mailing.pk).update(intro_fr="Changé après coup")
    assert "Changé après coup" not in client.get(reverse("mailing", args=[mailing.key])).content.decode()


@pytest.mark.parametrize("words", ["coiffure", "COIFFURE", "kapsalon", "prime unique"])
def test_words_are_found_in_either_language_wherever_they_stand(client: Client, reader: User, words: str) -> None:
    found, other = MailingFactory(sent=True), MailingFactory(sent=True)
    found.items.filter(position=1).update(title_fr="Prime unique pour les salons de coiffure", body_nl="Voor elk kapsalon.")
    page = client.get(reverse("mailings"), {"q": words}).content.decode()
    assert found.subject_fr in page
    assert other.subject_fr not in page


def test_words_found_nowhere_say_so_and_are_escaped(client: Client, reader: User) -> None:
    page = client.get(reverse("mailings"), {"q": "<script>"}).content.decode()
    assert "<script>" not in page.replace('<script src="', "")
    assert "&lt;script&gt;" in page


def test_the_list_is_paged_newest_first_and_costs_the_same(client: Client, reader: User, django_assert_max_num_queries) -> None:
    sent = [MailingFactory(sent=True) for _number in range(23)]
    with django_assert_max_num_queries(8):
        page = client.get(reverse("mailings")).content.decode()
    assert page.count('class="row__title"') == 20
    assert page.index(sent[-1].subject_fr) < page.index(sent[-2].subject_fr)
    last = re.search(r'rel="next" href="([^"]+)"', page)
    assert last
    assert client.get(reverse("mailings") + last.group(1)).content.decode().count('class="row__title"') == 3


@pytest.mark.parametrize("words", ["prêts", "PRETS", "prets réouverture", "leningen"])
def test_accents_and_capitals_do_not_hide_a_mailing(client: Client, reader: User, words: str) -> None:
    found, other = MailingFactory(sent=True), MailingFactory(sent=True)
    found.items.filter(position=1).update(title_fr="Des prêts", body_fr="Pour la réouverture.", title_nl="Leningen")
    page = client.get(reverse("mailings"), {"q": words}).content.decode()
    assert found.subject_fr in page
    assert other.subject_fr not in page


def test_the_archive_is_walked_by_the_last_row_seen_and_misses_none(client: Client, reader: User) -> None:
    sent = [MailingFactory(sent=True) for _number in range(45)]
    Mailing.objects.filter(pk__in=[one.pk for one in sent[10:20]]).update(sent_at=sent[10].sent_at)
    seen: list[str] = []
    address: str | None = reverse("mailings")
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'class="row__title"[^>]*><a href="/mailings/([0-9a-f-]+)/', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = reverse("mailings") + found.group(1) if found else None
    wanted = Mailing.objects.newest_sent().values_list("key", flat=True)
    assert seen == [str(key) for key in wanted]
    back = client.get(reverse("mailings"), {"before": seen[40]}).content.decode()
    assert re.findall(r'class="row__title"[^>]*><a href="/mailings/([0-9a-f-]+)/', back) == seen[20:40]
    assert 'rel="prev"' in back
    assert 'rel="next"' in back


def test_a_page_begins_anew_behind_a_mailing_that_was_not_sent(client: Client, reader: User) -> None:
    shown, draft = MailingFactory(sent=True), MailingFactory()
    for key in (draft.key, "x", "0" * 36):
        assert shown.subject_fr in client.get(reverse("mailings"), {"after": key}).content.decode()


def test_a_word_that_no_mailing_can_hold_is_refused_beside_the_field(client: Client, reader: User) -> None:
    answer = client.get(reverse("mailings"), {"q": "prime\0"})
    assert answer.status_code == 422
    assert 'aria-describedby="q-error"' in answer.content.decode()


def test_urgent_mailings_are_marked(client: Client, reader: User) -> None:
    weekly, urgent = MailingFactory(sent=True), MailingFactory(sent=True, urgent=True)
    page = client.get(reverse("mailings")).content.decode()
    assert page.count("badge--warn") == 1
    assert page.index("badge--warn") < page.index(weekly.subject_fr)
    assert "badge--warn" in client.get(reverse("mailing", args=[urgent.key])).content.decode()
    assert "badge--warn" not in client.get(reverse("mailing", args=[weekly.key])).content.decode()


def _prose(page: str) -> str:
    found = re.search(r'<div class="prose">(.*?)\n</div>', page, re.DOTALL)
    assert found
    return words_of(found.group(1))


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_an_official_got_is_what_the_archive_shows_word_for_word(client: Client, reader: User, language: str) -> None:
    """The mail without heading, greeting, personal part and footer is the page in the portal, and that behind the link in the mail."""
    User.objects.filter(pk=reader.pk).update(correspondence_language=language)
    mailing = MailingFactory(approved=True, intro_fr="Voici *deux* mesures :\n\n- l'une\n- l'autre", intro_nl="Zie **twee** maatregelen.")
    run = services.plan_run(mailing, by=None)
    delivery = Delivery.objects.get(run=run, recipient=reader)
    html = build_messages([delivery])[delivery.pk].alternatives[0].content
    mail = words_of(html)
    pieces, _text = render_personal(personal_parts([reader.pk], timezone.localdate())[reader.pk], [language])
    greeting, box = (words_of(pieces[f"{name}_{language}"]) for name in ("greeting", "box"))
    with reading_in(language):
        footer = str(gettext("You receive this message because of your mandate or function in your municipality."))
    _head, body = mail.split(greeting)
    body, _foot = body.split(footer)
    assert box in body
    common = " ".join(body.replace(box, "").split())
    online = next(link for link in links_in_html(html) if re.search(r"/m/[^/]+/$", link))
    assert common == _prose(client.get(reverse("mailing", args=[mailing.key]), {"in": language}).content.decode())
    assert common == _prose(client.get(online.removeprefix("http://testserver")).content.decode())
