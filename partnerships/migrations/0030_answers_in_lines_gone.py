from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0029_answers_from_words")]

    operations = [
        migrations.RemoveField(model_name="auditdetails", name="questions_text"),
        migrations.RemoveField(model_name="auditdetails", name="data_offered_text"),
        migrations.RemoveField(model_name="auditdetails", name="had_personal_data"),
    ]
