"""Every reason for which a file is not taken, in words that name the file."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "path": _("“%(name)s” is named like a path into another folder. Please give the file a plain name."),
    "empty": _("“%(name)s” is empty."),
    "too_large": _("“%(name)s” is larger than %(size)d MB. Please send a smaller file, or several."),
    "unknown": _("“%(name)s” is of a kind that is not accepted here."),
    "mismatch": _("“%(name)s” is in truth %(kind)s: the ending of its name does not fit what is in it."),
    "damaged": _("“%(name)s” is damaged or incomplete: it cannot be opened."),
    "macros": _("“%(name)s” holds macros, which are programs. Please save it without macros."),
    "embedded": _("“%(name)s” holds an embedded object that can run. Please save it without that object."),
    "encrypted": _("“%(name)s” is protected by a password, so that nobody can look into it. Please send it without."),
    "bomb": _("“%(name)s” becomes far too large when it is unpacked."),
    "too_many": _("“%(name)s” holds more than %(most)d files."),
    "unsafe_entry": _("“%(name)s” holds “%(entry)s”, whose name leads out of the folder into which it would be unpacked."),
    "nested": _("“%(name)s” holds another archive, “%(entry)s”. Please pack the files themselves."),
    "entry": _("“%(name)s” holds “%(entry)s”, which is not accepted: %(why)s"),
    "pixels": _("“%(name)s” is an image of far too many points. Please send it smaller."),
}


def refusal(reason: str, name: str, **params: Any) -> ValidationError:
    """The refusal of one file, by its name; its code says which rule it breaks."""
    return ValidationError(REASONS[reason], code=reason, params={"name": name, **params})
