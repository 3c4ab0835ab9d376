"""The 19 municipalities as data, loaded by NIS code."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import translation

from municipalities.models import Municipality
from municipalities.reference import MUNICIPALITIES, sort_key
from municipalities.services import load_reference

pytestmark = pytest.mark.django_db


def test_the_nineteen_are_loaded_whole():
    assert load_reference() == (19, 0)
    assert Municipality.objects.count() == 19
    assert sum(m.population for m in Municipality.objects.all()) == 1_218_255  # the Region, Statbel
    for municipality in Municipality.objects.all():
        municipality.full_clean()
        assert municipality.outline.startswith("M")
        assert municipality.outline.endswith("Z")
        assert 0 < municipality.label_x < 800
        assert 0 < municipality.label_y < 800
        assert municipality.postcodes


def test_ixelles_as_the_registers_have_it():
    load_reference()
    ixelles = Municipality.objects.get(nis_code="21009")
    assert (ixelles.code, ixelles.name_fr, ixelles.name_nl) == ("IXL", "Ixelles", "Elsene")
    assert (ixelles.sort_key_fr, ixelles.sort_key_nl) == ("ixelles", "elsene")
    assert (ixelles.official_style_fr, ixelles.official_style_nl) == ("Commune d'Ixelles", "Gemeente Elsene")
    assert ixelles.postcodes == ["1050"]
    assert (ixelles.population, ixelles.population_on) == (87_632, dt.date(2020, 1, 1))


def test_a_second_load_changes_nothing():
    load_reference()
    history = Municipality.history.count()
    assert load_reference() == (0, 0)
    assert (Municipality.objects.count(), Municipality.history.count()) == (19, history)


def test_only_what_differs_is_written():
    load_reference()
    Municipality.objects.filter(code="FOR").update(name_nl="Forest", outline="")
    history = Municipality.history.count()
    assert load_reference() == (0, 1)
    forest = Municipality.objects.get(code="FOR")
    assert forest.name_nl == "Vorst"
    assert forest.outline
    assert Municipality.history.count() == history + 1


def test_a_website_the_team_corrected_stays():
    load_reference()
    Municipality.objects.filter(code="MOL").update(website_fr="molenbeek.example.org", website_nl="")
    load_reference()
    molenbeek = Municipality.objects.get(code="MOL")
    assert (molenbeek.website_fr, molenbeek.website_nl) == ("molenbeek.example.org", "molenbeek.irisnet.be")


def test_lists_follow_the_alphabet_of_the_reader():
    load_reference()
    with translation.override("fr"):
        french = [m.name for m in Municipality.objects.all().sorted_for_reader()]
    with translation.override("nl"):
        dutch = [m.name for m in Municipality.objects.all().sorted_for_reader()]
    assert french.index("Forest") < french.index("Ganshoren") < french.index("Ixelles") < french.index("Uccle")
    assert dutch.index("Brussel") < dutch.index("Elsene") < dutch.index("Etterbeek") < dutch.index("Vorst")
    assert dutch.index("Sint-Lambrechts-Woluwe") < dutch.index("Sint-Pieters-Woluwe") < dutch.index("Ukkel")


def test_sort_keys_have_no_accents_or_capitals():
    assert sort_key("Évère-Saint-Ücle") == "evere saint ucle"


def test_codes_and_slugs_are_unique_and_a_postcode_is_not():
    assert len({r.code for r in MUNICIPALITIES}) == len({r.slug for r in MUNICIPALITIES}) == 19
    assert [r.code for r in MUNICIPALITIES if "1050" in r.postcodes] == ["BXL", "IXL"]


def test_the_command_says_what_it_did(capsys):
    call_command("load_reference")
    call_command("load_reference")
    assert capsys.readouterr().out.splitlines() == ["municipalities made: 19, changed: 0", "municipalities made: 0, changed: 0"]
