"""Acts on people."""

from django.db import transaction

from municipalities.models import User


@transaction.atomic
def update_preferences(
    user: User, *, interface_language: str, correspondence_language: str, phone: str
) -> User:
    """Let a person set their own languages and telephone: `fr`, `nl` or `en` for screens; `fr`, `nl` or `both` for mail."""
    person = User.objects.select_for_update().get(pk=user.pk)
    person.interface_language = interface_language
    person.correspondence_language = correspondence_language
    person.phone = phone.strip()
    person.full_clean()
    person.save(update_fields=["interface_language", "correspondence_language", "phone"])
    return person


def choose_interface_language(user: User, language: str) -> None:
    """Remember the language of the screens a person switched to."""
    User.objects.filter(pk=user.pk).exclude(interface_language=language).update(interface_language=language)


@transaction.atomic
def choose_correspondence_language(user: User, language: str) -> User:
    """Write to a person wholly in the language they chose from a mail or on their page."""
    person = User.objects.select_for_update().get(pk=user.pk)
    person.correspondence_language = language
    person.full_clean()
    person.save(update_fields=["correspondence_language"])
    return person
