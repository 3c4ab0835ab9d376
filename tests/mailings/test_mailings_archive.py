"""The archive: officials read what was sent, in their language, and find it by words."""

import pytest
from django.test import Client
from django.urls import reverse

from mailings import services
from mailings.models import Mailing
from municipalities.models import User
from tests.factories import MailingFactory, MunicipalityFactory, UserFactory
from tests.mailings.reading import words_of
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
    assert client.get(reverse("mailings"), {"page": 2}).content.decode().count('class="row__title"') == 3
    assert client.get(reverse("mailings"), {"page": "x"}).status_code == 200
