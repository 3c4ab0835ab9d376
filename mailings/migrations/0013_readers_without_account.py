"""A mailing goes to addresses without an account too: a mail has either a person or such an address, the old ones a person."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mailings', '0012_news_once_per_mailing'),
        ('municipalities', '0010_institutions_mail_address'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmailing',
            name='audience_circles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('institution', 'the municipalities as institutions, in both languages'), ('association', "contacts of traders' associations"), ('staff', "the agency's team")], max_length=12), blank=True, db_default=[], default=list, size=None, verbose_name='beside the officials'),
        ),
        migrations.AddField(
            model_name='historicalmailing',
            name='audience_municipalities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='only these municipalities'),
        ),
        migrations.AddField(
            model_name='mailing',
            name='audience_circles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('institution', 'the municipalities as institutions, in both languages'), ('association', "contacts of traders' associations"), ('staff', "the agency's team")], max_length=12), blank=True, db_default=[], default=list, size=None, verbose_name='beside the officials'),
        ),
        migrations.AddField(
            model_name='mailing',
            name='audience_municipalities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='only these municipalities'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='recipient',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.CreateModel(
            name='AddressChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(blank=True, choices=[('fr', 'French'), ('nl', 'Dutch'), ('both', 'French and Dutch')], max_length=4, verbose_name='language')),
                ('unsubscribed_at', models.DateTimeField(blank=True, null=True, verbose_name='unsubscribed from mailings on')),
            ],
            options={
                'verbose_name': 'choice of an address',
                'verbose_name_plural': 'choices of addresses',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='address_choice_once_per_address')],
            },
        ),
        migrations.CreateModel(
            name='Addressee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('circle', models.CharField(choices=[('institution', 'Municipality as an institution'), ('association', "Traders' association"), ('extra', 'Extra address')], max_length=12, verbose_name='why they receive it')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('language', models.CharField(choices=[('fr', 'French'), ('nl', 'Dutch'), ('both', 'French and Dutch')], default='both', max_length=4, verbose_name='language')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='entered on')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='municipalities.associationcontact')),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addressees', to='mailings.mailing')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='municipalities.municipality')),
            ],
            options={
                'verbose_name': 'address of a mailing',
                'verbose_name_plural': 'addresses of mailings',
                'ordering': ['circle', 'name', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='addressee',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='mailings.addressee', verbose_name='address without an account'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('addressee__isnull', False)), fields=('addressee', 'run'), name='delivery_once_per_run_and_address'),
        ),
        AddConstraintNotValid(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('addressee__isnull', True), ('recipient__isnull', False)), models.Q(('addressee__isnull', False), ('kind', 'mailing'), ('recipient__isnull', True)), _connector='OR'), name='delivery_to_one_reader'),
        ),
        migrations.AddConstraint(
            model_name='addressee',
            constraint=models.UniqueConstraint(models.F('mailing'), django.db.models.functions.text.Lower('email'), name='addressee_once_per_mailing_and_address', violation_error_message='This address already receives the mailing.'),
        ),
        migrations.AddConstraint(
            model_name='addressee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('circle', 'extra'), _negated=True), models.Q(models.Q(('reason', ''), _negated=True), ('added_by__isnull', False)), _connector='OR'), name='addressee_extra_has_reason', violation_error_message='Please say why this address receives the mailing.'),
        ),
        migrations.AddConstraint(
            model_name='addressee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('circle', 'institution'), _negated=True), models.Q(('language', 'both'), ('municipality__isnull', False)), _connector='OR'), name='addressee_institution_in_both_languages'),
        ),
        migrations.AddConstraint(
            model_name='addressee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('circle', 'association'), _negated=True), ('municipality__isnull', False), _connector='OR'), name='addressee_association_has_municipality'),
        ),
    ]
