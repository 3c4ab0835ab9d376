"""The signatories go from lines of text to rows and back."""

import datetime as dt

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.migrations.executor import MigrationExecutor

BEFORE, BETWEEN, AFTER = ("0005_agreements_in_full", "0006_signatories_to_rows", "0007_signatory_lines_gone")


def at(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("partnerships", name)])
    return MigrationExecutor(connection).loader.project_state([("partnerships", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_lines_become_rows_and_rows_lines():
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # of all apps: others stand on these tables
    try:
        apps = at(BEFORE)
        municipality = apps.get_model("municipalities", "Municipality").objects.create(nis_code="29999", code="ZZZ", slug="zzz")
        agreement = apps.get_model("partnerships", "Agreement").objects.create(
            municipality=municipality, reference="CC-OLD", period=DateRange(dt.date(2025, 1, 1), None),
            services=["audit"], signatories_municipality="Ada Inventée", signatories_agency="",
        )  # fmt: skip
        rows = at(AFTER).get_model("partnerships", "AgreementSignatory").objects
        assert list(rows.values_list("side", "name")) == [("municipality", "Ada Inventée")]
        again = at(BEFORE).get_model("partnerships", "Agreement").objects.get(pk=agreement.pk)
        assert [again.signatories_municipality, again.signatories_agency] == ["Ada Inventée", ""]
        again.delete()
    finally:
        MigrationExecutor(connection).migrate(latest)
