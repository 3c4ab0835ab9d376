from django.db import migrations, models


class Migration(migrations.Migration):
    """An association that stood in the register is linked to a request, beside those entered from one."""

    dependencies = [("partnerships", "0045_library_files_scanned")]

    operations = [
        migrations.AddField(
            model_name="founding",
            name="was_known",
            field=models.BooleanField(
                db_default=False, default=False, help_text="It stood in the register and was linked to the request.", verbose_name="known before"
            ),
        ),
    ]
