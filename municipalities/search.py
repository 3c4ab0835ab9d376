"""Words as people remember them: without accents, capitals and hyphens, by functions the database itself keeps its indexes with."""

from typing import Any

from django.db.models import F, Func, TextField, Value


def plain_words(words: Any) -> Func:
    """The words in plain letters: what a search compares and a list sorts by."""
    return Func(words, function="plain_words", output_field=TextField())


def person_words() -> Func:
    """First name, last name and address of a person in plain letters; the index `user_words` holds them by trigrams."""
    return Func(F("first_name"), F("last_name"), F("email"), function="person_words", output_field=TextField())


def plain_value(word: str) -> Func:
    return plain_words(Value(word, output_field=TextField()))
