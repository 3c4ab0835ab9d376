"""Who signed, from two lines of text to rows; backwards, the names of each side in one line again."""

from django.db import migrations

BATCH = 1000
FIELD_OF_SIDE = {"municipality": "signatories_municipality", "agency": "signatories_agency"}


def lines_to_rows(apps, schema_editor):
    Agreement = apps.get_model("partnerships", "Agreement")
    Signatory = apps.get_model("partnerships", "AgreementSignatory")
    for side, field in FIELD_OF_SIDE.items():
        lines = Agreement.objects.exclude(**{field: ""}).order_by("pk").values_list("pk", field)
        rows = (Signatory(agreement_id=pk, side=side, name=line) for pk, line in lines.iterator(chunk_size=BATCH))
        Signatory.objects.bulk_create(rows, batch_size=BATCH)


def rows_to_lines(apps, schema_editor):
    Agreement = apps.get_model("partnerships", "Agreement")
    Signatory = apps.get_model("partnerships", "AgreementSignatory")
    lines = {}
    for row in Signatory.objects.order_by("agreement", "pk").iterator(chunk_size=BATCH):
        lines.setdefault((row.agreement_id, row.side), []).append(row.name or row.function_fr)
    for (pk, side), names in lines.items():
        Agreement.objects.filter(pk=pk).update(**{FIELD_OF_SIDE[side]: ", ".join(names)[:200]})


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0005_agreements_in_full")]

    operations = [migrations.RunPython(lines_to_rows, rows_to_lines)]
