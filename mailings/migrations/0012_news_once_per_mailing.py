from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailings", "0011_items_know_their_news")]
    operations = [
    ]
