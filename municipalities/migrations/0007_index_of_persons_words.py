"""An index by trigrams, built while the portal goes on writing: `CONCURRENTLY` cannot run inside a transaction."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("municipalities", "0006_places")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        models.F("first_name"),
                        models.F("last_name"),
                        models.F("email"),
                        function="person_words",
                        output_field=models.TextField(),
                    ),
                    name="gin_trgm_ops",
                ),
                name="user_words",
            ),
        )
    ]
