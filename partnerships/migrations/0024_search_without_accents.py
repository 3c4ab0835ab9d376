"""Titles and streets found without accents, by indexes built while the portal goes on writing."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


def words_of(column, name):
    """A trigram index over a column in plain letters."""
    plain = models.Func(column, function="plain_words", output_field=models.TextField())
    return django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(plain, name="gin_trgm_ops"), name=name)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("partnerships", "0023_ratings"), ("municipalities", "0005_words_in_plain_letters")]

    operations = [
        AddIndexConcurrently(model_name="servicerequest", index=words_of("title", "request_title_words")),
        AddIndexConcurrently(model_name="servicerequest", index=words_of("area", "request_area_words")),
        RemoveIndexConcurrently(model_name="servicerequest", name="request_title_trigram"),
    ]
