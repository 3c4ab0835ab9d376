"""Measures in the portal: who sees them, the filters, pages by key; in the administration: chains that end, and duplicates pointed out."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mailings.models import Measure
from tests.factories import MeasureFactory, MunicipalityFactory, UserFactory
from tests.mailings.test_review_access import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def alderman(client: Client) -> Client:
    return enter(client, UserFactory(alderman=MunicipalityFactory(), interface_language="nl"))


def _slugs(client: Client, **asked: str) -> list[str]:
    return [measure.slug for measure in client.get(reverse("measures"), asked).context["rows"]]


CAST = {"anonymous": 302, "former": 302, "cabinet": 404, "alderman": 200, "editor": 200}


@pytest.mark.parametrize(("who", "status"), CAST.items(), ids=list(CAST))
def test_who_reads_measures(client: Client, who: str, status: int) -> None:
    measure, hidden = MeasureFactory(), MeasureFactory(unpublished=True)
    place = MunicipalityFactory()
    person = None if who == "anonymous" else UserFactory(**{who: place if who in {"former", "alderman"} else True})
    enter(client, person)
    assert client.get(reverse("measures")).status_code == status
    assert client.get(reverse("measure", args=[measure.key])).status_code == status
    expected = status if who != "alderman" else 404
    assert client.get(reverse("measure", args=[hidden.key])).status_code == expected


def test_page_is_in_the_language_of_the_reader_and_names_what_replaced_it(alderman: Client) -> None:
    later = MeasureFactory(title_nl="Nieuwe premie")
    measure = MeasureFactory(title_nl="Oude premie", summary_nl="Voor kleine zaken.", superseded_by=later, audience=["retail"])
    page = alderman.get(reverse("measure", args=[measure.key])).content.decode()
    assert {"Oude premie", "Voor kleine zaken.", "Nieuwe premie", measure.source_url} <= {
        words for words in ("Oude premie", "Voor kleine zaken.", "Nieuwe premie", measure.source_url) if words in page
    }
    assert measure.title_fr not in page
    assert "Oude premie" in alderman.get(reverse("measure", args=[later.key])).content.decode()


def test_list_is_narrowed_by_level_audience_day_and_words(alderman: Client) -> None:
    spring = {"valid_from": dt.date(2020, 3, 1), "valid_until": dt.date(2020, 6, 30)}
    MeasureFactory(slug="old", level="federal", audience=["horeca"], title_fr="Chômage temporaire", **spring)
    MeasureFactory(slug="now", level="municipal", audience=["all"], title_fr="Redevance terrasses")
    assert _slugs(alderman) == ["now", "old"]
    assert _slugs(alderman, level="federal") == ["old"]
    assert _slugs(alderman, audience="horeca") == ["now", "old"], "what is for all is for them too"
    assert _slugs(alderman, audience="hotels") == ["now"]
    assert _slugs(alderman, day="2020-05-01") == ["old"]
    assert _slugs(alderman, words="chomage TEMPORAIRE") == ["old"], "without accents and capitals"
    assert _slugs(alderman, words="terrasses chomage") == []
    assert alderman.get(reverse("measures"), {"day": "demain"}).status_code == 422


def test_pages_follow_the_last_measure_at_the_same_cost(alderman: Client, django_assert_max_num_queries: Any) -> None:
    MeasureFactory.create_batch(45)
    seen, address = [], reverse("measures")
    while address:
        with django_assert_max_num_queries(9):
            answer = alderman.get(address)
        seen += [measure.pk for measure in answer.context["rows"]]
        address = answer.context["next"] and reverse("measures") + answer.context["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == 45


def test_no_measure_replaces_itself_directly_or_by_way_of_others() -> None:
    first = MeasureFactory()
    second = MeasureFactory(superseded_by=first)
    third = MeasureFactory(superseded_by=second)
    with transaction.atomic(), pytest.raises(IntegrityError, match="measure_chain_has_no_circle"):
        Measure.objects.filter(pk=first.pk).update(superseded_by=third)
    with transaction.atomic(), pytest.raises(IntegrityError, match=r"measure_(chain_has_no_circle|not_replaced_by_itself)"):
        Measure.objects.filter(pk=first.pk).update(superseded_by=first)


@pytest.mark.parametrize("like", [{"source_url": "https://example.org/x"}, {"title_fr": "Prime unique de 4000 euros, commerces"}])
def test_likely_duplicate_is_pointed_out_and_saved_by_who_says_it_is_another(client: Client, like: dict[str, str]) -> None:
    MeasureFactory(title_fr="Prime unique de 4000 euros pour les commerces", source_url="https://example.org/x")
    enter(client, UserFactory(editor=True, interface_language="en"))
    texts = {"title_fr": "Tout autre chose", "title_nl": "Iets anders", "summary_fr": "A", "summary_nl": "B", "slug": "new"}
    form = texts | {"level": "regional", "valid_from": "2026-01-01", "audience": ["retail"]} | like
    address = reverse("admin:mailings_measure_add")
    answer = client.post(address, form)
    assert "Perhaps it is there already" in answer.content.decode()
    assert Measure.objects.count() == 1
    assert client.post(address, form | {"is_another": "on"}).status_code == 302
    assert Measure.objects.get(slug="new").audience == ["retail"]
