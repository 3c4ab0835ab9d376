"""Neighbourhoods and streets come from the reference list, once, and sort in the reader's language."""

import pytest
from django.utils import translation

from municipalities.models import Municipality, Neighbourhood, Street
from municipalities.services import load_reference
from municipalities.streets import STREETS

pytestmark = pytest.mark.django_db


def test_second_load_adds_and_changes_nothing() -> None:
    load_reference()
    streets, quarters = Street.objects.count(), Neighbourhood.objects.count()
    assert streets == len(STREETS) == 79
    assert quarters == len({(row.nis_code, row.neighbourhood_fr) for row in STREETS})
    assert set(Street.objects.values_list("municipality", flat=True)) == set(Municipality.objects.values_list("pk", flat=True))
    load_reference()
    assert [Street.objects.count(), Neighbourhood.objects.count()] == [streets, quarters]


def test_load_corrects_the_dutch_name_and_leaves_streets_of_the_team() -> None:
    load_reference()
    wayez = Street.objects.get(name_fr="Rue Wayez")
    Street.objects.filter(pk=wayez.pk).update(name_nl="Wayesstraat")
    own = Street.objects.create(municipality=wayez.municipality, name_fr="Rue d'ici", name_nl="Straat van hier")
    load_reference()
    wayez.refresh_from_db()
    assert wayez.name_nl == "Wayezstraat"
    assert Street.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize(("language", "first"), [("fr", "Boulevard Anspach"), ("nl", "Antoine Dansaertstraat")])
def test_streets_sort_in_the_readers_language(language: str, first: str) -> None:
    load_reference()
    brussels = Municipality.objects.get(code="BXL")
    with translation.override(language):
        names = [str(street) for street in brussels.streets.sorted_for_reader()]
    assert first in names[:3]
    with translation.override(language):
        keys = list(brussels.streets.sorted_for_reader().values_list(f"sort_key_{language}", flat=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize("words", ["francois vekemans", "FRANÇOIS", "vekemansstraat", "neder over"])
def test_municipality_is_found_by_a_street_or_neighbourhood_without_accents(words: str) -> None:
    load_reference()
    assert list(Municipality.objects.found_by(words).values_list("code", flat=True)) == ["BXL"]
