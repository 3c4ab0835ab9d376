"""Reports on mails, each once and never changed, and which addresses work; a mail to one that does not is skipped."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# Only an erasure may empty the words; rows go with their mail.
FIXED = """
CREATE FUNCTION mailings_report_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'description' <> to_jsonb(OLD) - 'description' THEN
        RAISE EXCEPTION 'what was reported of a mail is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER report_never_changes BEFORE UPDATE ON mailings_mailevent
    FOR EACH ROW EXECUTE FUNCTION mailings_report_never_changes();
"""
LOOSE = """
DROP TRIGGER report_never_changes ON mailings_mailevent;
DROP FUNCTION mailings_report_never_changes();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('mailings', '0018_calendar_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='skip_reason',
            field=models.CharField(blank=True, choices=[('no_access', 'No mandate in force any more'), ('unsubscribed', 'Unsubscribed'), ('bounced', 'Address does not work'), ('address_changed', 'Address changed or removed'), ('no_longer_concerned', 'No longer concerned'), ('stopped', 'The sending was stopped')], max_length=20, verbose_name='why skipped'),
        ),
        migrations.CreateModel(
            name='AddressState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='address')),
                ('state', models.CharField(choices=[('ok', 'Works'), ('soft', 'Refused for now'), ('hard', 'Does not work'), ('complained', 'Mail reported as unwanted')], default='ok', max_length=10, verbose_name='state')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='since')),
                ('soft_bounces', models.PositiveSmallIntegerField(default=0, verbose_name='refused for now, times')),
                ('soft_since', models.DateTimeField(blank=True, null=True, verbose_name='first of these')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('repaired_at', models.DateTimeField(blank=True, null=True, verbose_name='repaired on')),
                ('person', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='address_states', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('repaired_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='repaired by')),
            ],
            options={
                'verbose_name': 'state of an address',
                'verbose_name_plural': 'states of addresses',
                'ordering': ['pk'],
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'hard')), fields=['since'], name='address_state_refusing')],
                'constraints': [models.UniqueConstraint(models.F('person'), django.db.models.functions.text.Lower('email'), name='address_state_once_per_person_and_address'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('person__isnull', True)), name='address_state_once_per_address'), models.CheckConstraint(condition=models.Q(models.Q(('since__isnull', True), ('soft_bounces', 0), ('state', 'ok')), models.Q(('since__isnull', False), ('soft_bounces__gt', 0), ('state', 'soft')), models.Q(('since__isnull', False), ('state__in', ['hard', 'complained'])), _connector='OR'), name='address_state_fits_its_dates'), models.CheckConstraint(condition=models.Q(('soft_bounces', 0), ('soft_since__isnull', False), _connector='OR'), name='address_state_soft_bounces_have_first'), models.CheckConstraint(condition=models.Q(('repaired_by__isnull', True), ('repaired_at__isnull', False), _connector='OR'), name='address_state_repaired_has_time')],
            },
        ),
        migrations.CreateModel(
            name='MailEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('deferred', 'Delayed'), ('delivered', 'Delivered'), ('soft', 'Not delivered for now'), ('bounced', 'Refused for good'), ('complained', 'Reported as unwanted')], max_length=10, verbose_name='report')),
                ('source', models.CharField(choices=[('provider', 'Mail provider'), ('dsn', 'Returned mail'), ('smtp', 'Answer of the mail server')], max_length=10, verbose_name='told by')),
                ('event_id', models.CharField(help_text='Number given by whoever reported it, or made of what was reported.', max_length=200, unique=True)),
                ('at', models.DateTimeField(help_text='As reported.', verbose_name='when')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received on')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='words of the report')),
                ('delivery', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='mailings.delivery', verbose_name='mail')),
            ],
            options={
                'verbose_name': 'report on a mail',
                'verbose_name_plural': 'reports on mails',
                'ordering': ['pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['delivery', 'kind'], name='mail_event_of_delivery')],
                'constraints': [models.CheckConstraint(condition=models.Q(('event_id', ''), _negated=True), name='mail_event_has_number')],
            },
        ),
        migrations.RunSQL(FIXED, reverse_sql=LOOSE),
    ]
