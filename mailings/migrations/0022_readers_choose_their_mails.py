"""Readers choose the kinds of mailing they get, or pause all of them; whoever has chosen nothing keeps all."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("mailings", "0021_measures_never_replace_themselves"),
    ]

    operations = [
        migrations.AddField(
            model_name='mailpreference',
            name='paused_until',
            field=models.DateField(blank=True, null=True, verbose_name='no mailings before'),
        ),
        migrations.AddField(
            model_name='mailpreference',
            name='unwanted_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('weekly', 'Weekly mailing'), ('urgent', 'Urgent mailing')], max_length=10), blank=True, db_default=[], default=list, size=None, verbose_name='kinds of mailing not wanted'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='skip_reason',
            field=models.CharField(blank=True, choices=[('no_access', 'No mandate in force any more'), ('unsubscribed', 'Unsubscribed'), ('paused', 'Mailings paused by the reader'), ('bounced', 'Address does not work'), ('address_changed', 'Address changed or removed'), ('no_longer_concerned', 'No longer concerned'), ('stopped', 'The sending was stopped')], max_length=20, verbose_name='why skipped'),
        ),
        migrations.AddConstraint(
            model_name='mailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('unwanted_kinds__contained_by', ['weekly', 'urgent'])), name='mail_preference_kinds_known'),
        ),
        migrations.AddConstraint(
            model_name='mailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('unwanted_kinds__contains', ['weekly', 'urgent']), _negated=True), name='mail_preference_some_kind_is_wanted'),
        ),
    ]
