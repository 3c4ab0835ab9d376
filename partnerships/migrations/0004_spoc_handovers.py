"""Hand-overs to a new SPOC and their events; new tables, and choices the database does not know of."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('municipalities', '0001_initial'),
        ('partnerships', '0003_absences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='verb',
            field=models.CharField(choices=[('request_drafted', 'Draft made'), ('request_edited', 'Draft changed'), ('request_submitted', 'Request submitted'), ('request_acknowledged', 'Receipt acknowledged'), ('request_started', 'Work started'), ('request_asked', 'Information asked from the municipality'), ('request_answered', 'Municipality answered'), ('request_completed', 'Work completed'), ('request_closed', 'Request closed'), ('request_declined', 'Request declined'), ('request_withdrawn', 'Request withdrawn'), ('request_assigned', 'Request assigned'), ('message_sent', 'Message sent'), ('mailing_drafted', 'Mailing drafted'), ('mailing_edited', 'Mailing changed'), ('mailing_approval_asked', 'Approval asked'), ('mailing_approved', 'Mailing approved'), ('mailing_sent_back', 'Mailing sent back'), ('mailing_approval_voided', 'Approval void: the content changed'), ('mailing_scheduled', 'Sending scheduled'), ('mailing_unscheduled', 'Sending no longer scheduled'), ('mailing_held', 'Mailing held'), ('mailing_planned', 'Sending started'), ('mailing_sent', 'Mailing sent'), ('mailing_paused', 'Sending paused'), ('mailing_resumed', 'Sending resumed'), ('delivery_settled', 'Mail in doubt settled'), ('spoc_handover_planned', 'Hand-over to a new SPOC planned'), ('spoc_handover_cancelled', 'Hand-over to a new SPOC cancelled'), ('spoc_handed_over', 'Municipality handed over to a new SPOC'), ('spoc_introduced', 'New SPOC introduced to the officials')], max_length=40, verbose_name='what'),
        ),
        migrations.CreateModel(
            name='HistoricalSpocHandover',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('token', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False, help_text='One per form shown: a second click makes no second hand-over.')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('note', models.TextField(help_text='What the successor must know. Only staff read it.', verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='entered on')),
                ('took_effect_at', models.DateTimeField(blank=True, null=True, verbose_name='took effect on')),
                ('introduced_at', models.DateTimeField(blank=True, null=True, verbose_name='officials told on')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('deputy', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='new deputy')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='new SPOC')),
            ],
            options={
                'verbose_name': 'historical hand-over',
                'verbose_name_plural': 'historical hand-overs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SpocHandover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, help_text='One per form shown: a second click makes no second hand-over.', unique=True)),
                ('starts_on', models.DateField(verbose_name='from')),
                ('note', models.TextField(help_text='What the successor must know. Only staff read it.', verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='entered on')),
                ('took_effect_at', models.DateTimeField(blank=True, null=True, verbose_name='took effect on')),
                ('introduced_at', models.DateTimeField(blank=True, null=True, verbose_name='officials told on')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled on')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers_entered', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handovers_as_deputy', to=settings.AUTH_USER_MODEL, verbose_name='new deputy')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers_received', to=settings.AUTH_USER_MODEL, verbose_name='new SPOC')),
            ],
            options={
                'verbose_name': 'hand-over',
                'verbose_name_plural': 'hand-overs',
                'ordering': ['-starts_on', '-pk'],
                'permissions': [('lead_team', 'Can hand over any municipality and enter absences for anybody')],
            },
        ),
        migrations.CreateModel(
            name='SpocHandoverLeg',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_upper', models.DateField(blank=True, help_text='Where the ended assignment would have stopped; empty: open.', null=True)),
                ('deputy_ended_upper', models.DateField(blank=True, null=True)),
                ('moved', models.PositiveIntegerField(default=0, verbose_name='requests moved')),
                ('began', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.spocassignment', verbose_name='assignment begun')),
                ('deputy_began', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.spocassignment', verbose_name="deputy's assignment begun")),
                ('deputy_ended', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.spocassignment', verbose_name="deputy's assignment ended")),
                ('ended', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.spocassignment', verbose_name='assignment ended')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='legs', to='partnerships.spochandover', verbose_name='hand-over')),
                ('municipality', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='municipalities.municipality', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'municipality handed over',
                'verbose_name_plural': 'municipalities handed over',
                'ordering': ['handover', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='spochandover',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('introduced_at__isnull', True)), fields=['starts_on'], name='handover_not_yet_told'),
        ),
        migrations.AddConstraint(
            model_name='spochandover',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='handover_has_note', violation_error_message='A hand-over needs a note.'),
        ),
        migrations.AddConstraint(
            model_name='spochandover',
            constraint=models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', True), ('took_effect_at__isnull', True), _connector='OR'), name='handover_cancelled_before_effect', violation_error_message='A hand-over in effect cannot be cancelled.'),
        ),
        migrations.AddConstraint(
            model_name='spochandover',
            constraint=models.CheckConstraint(condition=models.Q(('introduced_at__isnull', True), ('took_effect_at__isnull', False), _connector='OR'), name='handover_told_after_effect'),
        ),
        migrations.AddConstraint(
            model_name='spochandoverleg',
            constraint=models.UniqueConstraint(fields=('handover', 'municipality'), name='handover_leg_once_per_municipality'),
        ),
    ]
