"""With 100,000 officials and 1,000 municipalities lists cost as many queries as with few, and the search reads an index."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse

from municipalities.models import Municipality, User
from tests.admin.conftest import StaffClient
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db]

MUNICIPALITIES = """
INSERT INTO municipalities_municipality (nis_code, code, slug, name_fr, name_nl, official_style_fr, official_style_nl,
  sort_key_fr, sort_key_nl,
  postcodes, website_fr, website_nl, outline)
SELECT (30000 + n)::text, 'Q' || chr(65 + n / 32) || chr(65 + n %% 32), 'synthetic-' || n, 'Commune ' || n, 'Gemeente ' || n, '', '',
  'commune ' || n, 'gemeente ' || n, ARRAY[(5000 + n %% 900)::text], '', '', '' FROM generate_series(0, 980) n
"""
PEOPLE = """
INSERT INTO municipalities_user (password, is_superuser, key, email, first_name, last_name, phone, job_title_fr, job_title_nl,
  correspondence_language, interface_language, is_active, is_staff, is_cabinet_reviewer, date_joined, form_of_address)
SELECT '!', false, gen_random_uuid(), 'synthetic' || n || '@example.org', 'Prénom' || md5(n::text), 'Nom' || md5((n * 7)::text), '', '', '',
  'fr', '', true, false, false, now(), '' FROM generate_series(1, 100000) n
"""
MANDATES = """
INSERT INTO municipalities_mandate (user_id, municipality_id, role, portfolios, period)
SELECT u.id, m.ids[1 + u.id %% array_length(m.ids, 1)], 'officer', ARRAY['mobility'], daterange('2024-12-01', NULL)
FROM municipalities_user u, (SELECT array_agg(id ORDER BY id) AS ids FROM municipalities_municipality) m WHERE u.email LIKE 'synthetic%%'
"""


def test_lists_and_search_hold_at_a_hundred_thousand(
    staff_client: StaffClient, ixelles: Municipality, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = staff_client(UserFactory(lead=True))
    people, places = reverse("admin:municipalities_official_changelist"), reverse("admin:municipalities_municipality_changelist")
    UserFactory(alderman=ixelles, last_name="Vandenbroucke")
    addresses = [people, f"{people}?q=vandenbr", f"{people}?in_office=yes", places, f"{places}?q=flagey"]
    for address in addresses:
        client.get(address)
    few = [_cost(client, address, django_assert_max_num_queries) for address in addresses]
    with connection.cursor() as cursor:
        for statement in (MUNICIPALITIES, PEOPLE, MANDATES):
            cursor.execute(statement, [])
        cursor.execute("ANALYZE municipalities_user, municipalities_mandate, municipalities_municipality")
    assert Municipality.objects.count() == 1_000
    assert User.objects.count() > 100_000
    assert [_cost(client, address, django_assert_max_num_queries) for address in addresses] == few
    plan = User.objects.matching("vandenbr").order_by().values("pk").explain()
    assert "user_words" in plan, plan
    assert "Seq Scan on municipalities_user" not in plan, plan
    assert [person.last_name for person in User.objects.matching("vandenbr")] == ["Vandenbroucke"]


def _cost(client: object, address: str, counted: Callable[..., object]) -> int:
    with counted(8) as captured:  # type: ignore[attr-defined]
        assert client.get(address).status_code == 200  # type: ignore[attr-defined]
    return len(captured)
