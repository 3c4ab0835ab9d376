import pytest
from django.core.cache import cache
from django.core.management import call_command


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_cache_is_valkey() -> None:
    cache.set("greeting", "bonjour", 5)
    assert cache.get("greeting") == "bonjour"
