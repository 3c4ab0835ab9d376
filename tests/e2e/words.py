"""The words of the screens in the reader's language, from the portal's own catalogues."""

from django.utils import translation


def words(language: str, msgid: str, **values: object) -> str:
    """Return a text as the portal shows it in that language."""
    with translation.override(language):
        text = translation.gettext(msgid)
    return text % values if values else text
