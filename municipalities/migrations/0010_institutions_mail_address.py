"""The address at which a municipality is written to as an institution."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0009_imports_of_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmunicipality',
            name='mail_address',
            field=models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='general e-mail address (both languages)'),
        ),
        migrations.AddField(
            model_name='municipality',
            name='mail_address',
            field=models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='general e-mail address (both languages)'),
        ),
    ]
