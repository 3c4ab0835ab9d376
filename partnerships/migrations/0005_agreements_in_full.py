"""Themes, signatories, amendments, reminders, and the signed document of agreements."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import partnerships.models.agreements
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0001_initial'),
        ('partnerships', '0004_spoc_handovers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_fr', models.CharField(max_length=80, unique=True, verbose_name='name in French')),
                ('name_nl', models.CharField(max_length=80, unique=True, verbose_name='name in Dutch')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
            ],
            options={
                'verbose_name': 'theme',
                'verbose_name_plural': 'themes',
                'ordering': ['slug'],
            },
        ),
        migrations.AlterModelOptions(
            name='agreement',
            options={'ordering': ['-period', 'pk'], 'permissions': [('oversee_agreement', 'Hears of agreements that end and of requests outside them')], 'verbose_name': 'framework agreement', 'verbose_name_plural': 'framework agreements'},
        ),
        migrations.AddField(
            model_name='agreement',
            name='document',
            field=models.FileField(blank=True, max_length=200, upload_to=partnerships.models.agreements.private_path, verbose_name='signed document'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='document_name',
            field=models.CharField(blank=True, editable=False, max_length=120, verbose_name='name of the document'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='document_sha256',
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name='fingerprint of the document (SHA-256)'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='document_size',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='size of the document'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='first_signed_on',
            field=models.DateField(blank=True, help_text='Only when the parties signed for the first time before this agreement, for example before 2019.', null=True, verbose_name='first signed on'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='first_signed_precision',
            field=models.CharField(choices=[('day', 'The day is known'), ('month', 'Only the month is known'), ('year', 'Only the year is known')], default='day', max_length=5, verbose_name='precision'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='working_methods_fr',
            field=models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(3000)], verbose_name='working methods in French'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='working_methods_nl',
            field=models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(3000)], verbose_name='working methods in Dutch'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='document',
            field=models.TextField(blank=True, max_length=200, verbose_name='signed document'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='document_name',
            field=models.CharField(blank=True, editable=False, max_length=120, verbose_name='name of the document'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='document_sha256',
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name='fingerprint of the document (SHA-256)'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='document_size',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='size of the document'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='first_signed_on',
            field=models.DateField(blank=True, help_text='Only when the parties signed for the first time before this agreement, for example before 2019.', null=True, verbose_name='first signed on'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='first_signed_precision',
            field=models.CharField(choices=[('day', 'The day is known'), ('month', 'Only the month is known'), ('year', 'Only the year is known')], default='day', max_length=5, verbose_name='precision'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='working_methods_fr',
            field=models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(3000)], verbose_name='working methods in French'),
        ),
        migrations.AddField(
            model_name='historicalagreement',
            name='working_methods_nl',
            field=models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(3000)], verbose_name='working methods in Dutch'),
        ),
        migrations.AlterField(
            model_name='event',
            name='verb',
            field=models.CharField(choices=[('request_drafted', 'Draft made'), ('request_edited', 'Draft changed'), ('request_submitted', 'Request submitted'), ('request_acknowledged', 'Receipt acknowledged'), ('request_started', 'Work started'), ('request_asked', 'Information asked from the municipality'), ('request_answered', 'Municipality answered'), ('request_completed', 'Work completed'), ('request_closed', 'Request closed'), ('request_declined', 'Request declined'), ('request_withdrawn', 'Request withdrawn'), ('request_assigned', 'Request assigned'), ('message_sent', 'Message sent'), ('mailing_drafted', 'Mailing drafted'), ('mailing_edited', 'Mailing changed'), ('mailing_approval_asked', 'Approval asked'), ('mailing_approved', 'Mailing approved'), ('mailing_sent_back', 'Mailing sent back'), ('mailing_approval_voided', 'Approval void: the content changed'), ('mailing_scheduled', 'Sending scheduled'), ('mailing_unscheduled', 'Sending no longer scheduled'), ('mailing_held', 'Mailing held'), ('mailing_planned', 'Sending started'), ('mailing_sent', 'Mailing sent'), ('mailing_paused', 'Sending paused'), ('mailing_resumed', 'Sending resumed'), ('delivery_settled', 'Mail in doubt settled'), ('spoc_handover_planned', 'Hand-over to a new SPOC planned'), ('spoc_handover_cancelled', 'Hand-over to a new SPOC cancelled'), ('spoc_handed_over', 'Municipality handed over to a new SPOC'), ('spoc_introduced', 'New SPOC introduced to the officials'), ('agreement_renewal_drafted', 'Renewal of the agreement drafted'), ('agreement_signed', 'Agreement signed'), ('agreement_document_kept', 'Signed document of the agreement kept'), ('agreement_ending', 'End of the agreement announced')], max_length=40, verbose_name='what'),
        ),
        migrations.CreateModel(
            name='AgreementAmendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('effective_from', models.DateField(verbose_name='effective from')),
                ('changes_fr', models.TextField(validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='what changes, in French')),
                ('changes_nl', models.TextField(validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='what changes, in Dutch')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='partnerships.agreement')),
            ],
            options={
                'verbose_name': 'amendment',
                'verbose_name_plural': 'amendments',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='AgreementReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('days_before', models.PositiveSmallIntegerField(verbose_name='days before the end')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made on')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='partnerships.agreement', verbose_name='agreement')),
            ],
            options={
                'verbose_name': "reminder of an agreement's end",
                'verbose_name_plural': "reminders of agreements' ends",
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='AgreementSignatory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('municipality', 'For the municipality'), ('agency', 'For the agency')], max_length=20, verbose_name='side')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('function_fr', models.CharField(blank=True, max_length=120, verbose_name='function in French')),
                ('function_nl', models.CharField(blank=True, max_length=120, verbose_name='function in Dutch')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatories', to='partnerships.agreement')),
            ],
            options={
                'verbose_name': 'signatory',
                'verbose_name_plural': 'signatories',
                'ordering': ['-side', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAgreementAmendment',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('signed_on', models.DateField(verbose_name='signed on')),
                ('effective_from', models.DateField(verbose_name='effective from')),
                ('changes_fr', models.TextField(validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='what changes, in French')),
                ('changes_nl', models.TextField(validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='what changes, in Dutch')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('agreement', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partnerships.agreement')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical amendment',
                'verbose_name_plural': 'historical amendments',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalAgreementSignatory',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('side', models.CharField(choices=[('municipality', 'For the municipality'), ('agency', 'For the agency')], max_length=20, verbose_name='side')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('function_fr', models.CharField(blank=True, max_length=120, verbose_name='function in French')),
                ('function_nl', models.CharField(blank=True, max_length=120, verbose_name='function in Dutch')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('agreement', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partnerships.agreement')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical signatory',
                'verbose_name_plural': 'historical signatories',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalTheme',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name_fr', models.CharField(db_index=True, max_length=80, verbose_name='name in French')),
                ('name_nl', models.CharField(db_index=True, max_length=80, verbose_name='name in Dutch')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical theme',
                'verbose_name_plural': 'historical themes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalAgreementTheme',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('agreement', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partnerships.agreement')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partnerships.theme', verbose_name='theme')),
            ],
            options={
                'verbose_name': 'historical theme of the agreement',
                'verbose_name_plural': 'historical themes of the agreement',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='AgreementTheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='theme_rows', to='partnerships.agreement')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.theme', verbose_name='theme')),
            ],
            options={
                'verbose_name': 'theme of the agreement',
                'verbose_name_plural': 'themes of the agreement',
                'ordering': ['theme__slug'],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='themes',
            field=models.ManyToManyField(blank=True, related_name='agreements', through='partnerships.AgreementTheme', to='partnerships.theme', verbose_name='themes'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_sha256', '')), models.Q(('document', ''), ('document_sha256', ''), _connector='OR', _negated=True), _connector='OR'), name='agreement_document_is_fingerprinted'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('predecessor__isnull', True), models.Q(('predecessor', models.F('pk')), _negated=True), _connector='OR'), name='agreement_is_not_its_own_predecessor', violation_error_message='An agreement does not follow itself.'),
        ),
        migrations.AddConstraint(
            model_name='agreementamendment',
            constraint=models.UniqueConstraint(fields=('agreement', 'number'), name='amendment_number_once', violation_error_message='This agreement already has an amendment of that number.'),
        ),
        migrations.AddConstraint(
            model_name='agreementamendment',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='amendment_number_from_one', violation_error_message='Amendments are numbered from 1.'),
        ),
        migrations.AddConstraint(
            model_name='agreementreminder',
            constraint=models.UniqueConstraint(fields=('agreement', 'ends_on', 'days_before'), name='agreement_reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignatory',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('function_fr', ''), ('function_nl', ''), _negated=True), _connector='OR'), name='signatory_has_name_or_function', violation_error_message='Give a name or a function.'),
        ),
        migrations.AddConstraint(
            model_name='agreementsignatory',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('function_fr', ''), ('function_nl', '')), models.Q(('function_fr', ''), ('function_nl', ''), _connector='OR', _negated=True), _connector='OR'), name='signatory_function_in_both_languages', violation_error_message='Give the function in French and in Dutch.'),
        ),
        migrations.AddConstraint(
            model_name='agreementtheme',
            constraint=models.UniqueConstraint(fields=('agreement', 'theme'), name='agreement_theme_once'),
        ),
    ]
