"""The two lines of text, now that each signatory has a row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0006_signatories_to_rows")]

    operations = [
        migrations.RemoveField(model_name="agreement", name="signatories_agency"),
        migrations.RemoveField(model_name="agreement", name="signatories_municipality"),
        migrations.RemoveField(model_name="historicalagreement", name="signatories_agency"),
        migrations.RemoveField(model_name="historicalagreement", name="signatories_municipality"),
    ]
