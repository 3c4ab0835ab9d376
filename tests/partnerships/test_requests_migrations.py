"""What was written in lines becomes rows and lines again; the telephone leaves the words around it and comes back."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = "0027_what_the_agency_asks", "0030_answers_in_lines_gone"


def _at(name: str) -> Any:
    MigrationExecutor(connection).migrate([("partnerships", name)])
    return MigrationExecutor(connection).loader.project_state([("partnerships", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_lines_become_rows_and_rows_lines() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # of all apps: others stand on these tables
    try:
        apps = _at(BEFORE)
        place = apps.get_model("municipalities", "Municipality").objects.create(nis_code="29999", code="ZZZ", slug="zzz")
        person = apps.get_model("municipalities", "User").objects.create(email="zzz@example.org")
        draft = apps.get_model("partnerships", "ServiceRequest").objects.create(
            municipality=place,
            kind="audit",
            language="fr",
            asked_by=person,
            area="Rue Neuve",
            technical_contact="Commerce, +32 2 000 00 01",
        )
        apps.get_model("partnerships", "AuditDetails").objects.create(
            request=draft, questions="Un ?\r\n\r\nDeux ?", data_offered="Relevé 2025", personal_data=True, circumstances="Pas le lundi"
        )
        apps = _at(AFTER)
        audit = apps.get_model("partnerships", "AuditDetails").objects.select_related("request").get(request=draft.pk)
        assert audit.questions == [{"question": "Un ?"}, {"question": "Deux ?"}]
        assert audit.data_offered == [{"what": "Relevé 2025"}]
        assert (audit.personal_data, audit.area_kind, audit.fieldwork) == ("yes", "named", "Pas le lundi")
        assert (audit.request.technical_contact, audit.request.technical_phone) == ("Commerce", "+32 2 000 00 01")
        again = _at(BEFORE).get_model("partnerships", "AuditDetails").objects.select_related("request").get(request=draft.pk)
        assert (again.questions, again.data_offered, again.personal_data) == ("Un ?\nDeux ?", "Relevé 2025", True)
        assert (again.circumstances, again.request.technical_contact) == ("Pas le lundi", "Commerce, +32 2 000 00 01")
        again.delete()
        again.request.delete()
    finally:
        MigrationExecutor(connection).migrate(latest)
