from django.db import migrations, models

SCANS = [
    ("none", "No scanner at the time"),
    ("pending", "Waiting for the virus scanner"),
    ("clean", "Scanned, nothing found"),
    ("infected", "In quarantine"),
]


class Migration(migrations.Migration):
    """Files of the library wait for the virus scanner as those of requests do."""

    dependencies = [("partnerships", "0044_twins_are_not_rated")]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="scan",
            field=models.CharField(choices=SCANS, db_default="none", default="none", max_length=10, verbose_name="virus scan"),
        ),
        migrations.AddField(
            model_name="libraryfile",
            name="scan",
            field=models.CharField(choices=SCANS, db_default="none", default="none", max_length=10, verbose_name="virus scan"),
        ),
        migrations.AddField(model_name="libraryfile", name="scanned_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="libraryfile",
            name="finding",
            field=models.CharField(blank=True, editable=False, help_text="What the scanner calls what it found.", max_length=120, default=""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="libraryfile",
            index=models.Index(condition=models.Q(("scan", "pending")), fields=["id"], name="library_file_to_scan"),
        ),
    ]
