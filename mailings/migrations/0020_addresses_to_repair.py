"""The list of addresses is named after the work it asks for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mailings", "0019_what_comes_back")]

    operations = [
        migrations.AlterModelOptions(
            name="addressstate",
            options={
                "default_permissions": (),
                "ordering": ["pk"],
                "verbose_name": "address to repair",
                "verbose_name_plural": "addresses to repair",
            },
        ),
    ]
