"""Where answers to a mail go. The database fills the column in itself, so that a large table is not written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="reply_to",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254, verbose_name="answers go to"),
        ),
    ]
