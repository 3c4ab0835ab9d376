"""The catalogues of words: compiled without gettext's tools, and held against every visible word of the code.

`python -m config.translations` compiles what is older than its source. No Django is needed for that, so that a fresh
machine without `msgfmt` shows French and Dutch at its first start.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"
LANGUAGES = ("fr", "nl")


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> list[Path]:
    """Write each `.mo` that is missing or older than its `.po`; return those written."""
    written = []
    for language in LANGUAGES:
        source = catalogue_path(language)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            fresh = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(fresh))
            fresh.replace(target)
            written.append(target)
    return written


if __name__ == "__main__":
    compile_catalogues()
