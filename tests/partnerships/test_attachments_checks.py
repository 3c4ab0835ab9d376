"""What is taken and what is refused, by content and by name: real files of every kind."""

import io
import unicodedata
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from partnerships.uploads import Checked, check_content, check_upload
from partnerships.uploads.names import LONGEST_NAME, clean_name, ending_of, is_path
from tests import files


def look_at(name: str, content: bytes) -> Checked:
    return check_content(name, content)


GOOD = {
    "plan.pdf": files.pdf(),
    "note.docx": files.docx(),
    "chiffres.xlsx": files.xlsx(),
    "college.pptx": files.pptx(),
    "note.odt": files.odf("text"),
    "chiffres.ods": files.odf("spreadsheet"),
    "college.odp": files.odf("presentation"),
    "rue.png": files.image("PNG"),
    "rue.jpg": files.image("JPEG"),
    "rue.JPEG": files.image("JPEG"),
    "rue.webp": files.image("WEBP"),
    "liste.csv": "Rue;Cellules\nChaussée d'Ixelles;12\n".encode(),
    "liste-excel.csv": "Rue;Cellules\nChaussée;12\n".encode("cp1252"),
    "lettre.txt": "Bonjour.\n".encode("utf-16"),
    "tout.zip": files.archive(
        ("plans/plan.pdf", files.pdf()), ("chiffres.xlsx", files.xlsx()), ("__MACOSX/._plan.pdf", b"\x00\x05\x16\x07")
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_officials_send_is_taken(name: str) -> None:
    checked = look_at(name, GOOD[name])
    assert checked.name == name
    assert checked.size == len(checked.content)
    assert len(checked.sha256) == 64


BAD = [
    ("dessin.svg", files.SVG, "svg"),
    ("dessin.png", files.SVG, "svg"),
    ("page.html", files.HTML, "html"),
    ("page.txt", files.HTML, "html"),
    ("setup.exe", files.EXE, "program"),
    ("plan.pdf", files.EXE, "program"),
    ("script.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
    ("programme.bin", b"\x7fELF" + b"\x00" * 60, "program"),
    ("ancien.doc", files.OLD_WORD, "old_office"),
    ("anime.gif", b"GIF89a" + b"\x00" * 20, "gif"),
    ("photo.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20, "heic"),
    ("plans.rar", b"Rar!\x1a\x07\x00" + b"\x00" * 20, "archive"),
    ("macro.js", b"alert(1)", "unknown"),
    ("donnees.bin", bytes(range(256)), "unknown"),
    ("vide.pdf", b"", "empty"),
    ("plan.pdf", b"%PDF-1.7\nno end", "damaged"),
    ("plan.docx", files.pdf(), "mismatch"),
    ("plan.pdf", files.docx(), "mismatch"),
    ("plan.xlsx", files.docx(), "mismatch"),
    ("plan.zip", files.docx(), "mismatch"),
    ("photo.png", files.image("JPEG"), "mismatch"),
    ("note.pdf", b"just words", "mismatch"),
    ("note.docx", files.archive(("a.txt", b"a")), "mismatch"),
    ("note.docx", files.docx(("word/vbaProject.bin", b"x")), "macros"),
    ("note.docm", files.docx(("word/vbaProject.bin", b"x")), "macros"),
    ("note.docx", files.ooxml("word/document.xml", content_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    ("chiffres.xlsx", files.ooxml("xl/workbook.xml", ("xl/macrosheets/sheet1.xml", b"x")), "macros"),
    ("note.odt", files.odf("text", ("Basic/Standard/Module1.xml", b"x")), "macros"),
    ("note.docx", files.docx(("word/embeddings/oleObject1.bin", b"x")), "embedded"),
    ("note.docx", files.docx()[:-30], "damaged"),
    ("rue.png", files.image("PNG")[:-20], "damaged"),
    ("rue.jpg", files.image("JPEG")[:-40], "damaged"),
    ("rue.webp", files.image("WEBP")[:30], "damaged"),
    ("rue.png", files.endless_png(), "pixels"),
    ("bombe.zip", files.bomb(), "bomb"),
    ("bombe.docx", files.docx(("word/media/a.txt", b"0" * 12_000_000)), "bomb"),
    ("bombe.zip", files.lying_bomb(), "damaged"),
    ("beaucoup.zip", files.archive(*((f"{n}.txt", b"a") for n in range(1001))), "too_many"),
    ("secret.zip", files.encrypted_zip(), "encrypted"),
    ("poupee.zip", files.archive(("dedans.zip", files.archive(("a.txt", b"a")))), "nested"),
    ("poupee.zip", files.archive(("dedans.txt", b"\x1f\x8b" + b"\x00" * 20)), "nested"),
    ("sort.zip", files.archive(("../../etc/passwd.txt", b"a")), "unsafe_entry"),
    ("sort.zip", files.archive(("/etc/passwd.txt", b"a")), "unsafe_entry"),
    ("sort.zip", files.archive(("C:\\windows\\a.txt", b"a")), "unsafe_entry"),
    ("sort.zip", files.linked_zip(), "unsafe_entry"),
    ("colis.zip", files.archive(("setup.exe", files.EXE)), "entry"),
    ("colis.zip", files.archive(("note.docx", files.docx(("word/vbaProject.bin", b"x")))), "entry"),
    ("colis.zip", files.archive(("plan.pdf", files.HTML)), "entry"),
    ("vide.zip", files.archive(), "empty"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD, ids=[f"{reason}-{name}-{n}" for n, (name, _c, reason) in enumerate(BAD)])
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_what_can_do_harm_is_refused_by_name_in_the_readers_language(name: str, content: bytes, reason: str, language: str) -> None:
    with override(language), pytest.raises(ValidationError) as refused:
        look_at(name, content)
    assert refused.value.code == reason
    with override(language):
        said = " ".join(refused.value.messages)
    with override("en"):
        assert said != " ".join(refused.value.messages)
    assert name in said


def test_too_large_is_refused_before_it_is_looked_at() -> None:
    upload = SimpleUploadedFile("film.pdf", b"%PDF-1.7" + b"0" * (21 * 1024 * 1024))
    with pytest.raises(ValidationError) as refused:
        check_upload(upload)
    assert refused.value.code == "too_large"
    assert "film.pdf" in refused.value.messages[0]
    assert "20" in refused.value.messages[0]
    with override_settings(DOCUMENT_LARGEST_BYTES=100), pytest.raises(ValidationError):
        check_upload(SimpleUploadedFile("plan.pdf", files.pdf()))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_owner_are_taken_out_of_a_photograph_and_its_points_are_kept(form: str) -> None:
    sent = files.photograph(form)
    assert b"Anne Onyme" in sent
    kept = look_at(f"rue.{form.lower()}", sent).content
    assert b"Anne Onyme" not in kept
    with Image.open(io.BytesIO(sent)) as before, Image.open(io.BytesIO(kept)) as after:
        assert not after.getexif().get_ifd(0x8825)
        assert before.tobytes() == after.tobytes()


def test_a_photograph_stays_upright_and_loses_what_follows_its_end() -> None:
    kept = look_at("rue.jpg", files.photograph(direction=6) + b"film with the place in it").content
    assert b"film" not in kept
    with Image.open(io.BytesIO(kept)) as after:
        assert dict(after.getexif()) == {0x0112: 6}
    assert look_at("rue.jpg", kept).content == kept  # a second time changes nothing


def test_colours_and_comments_of_a_jpeg() -> None:
    made = io.BytesIO()
    Image.new("CMYK", (20, 20), (0, 100, 100, 0)).save(made, "JPEG", comment=b"rue privee 12", progressive=True)
    kept = look_at("affiche.jpg", made.getvalue()).content
    assert b"rue privee" not in kept
    with Image.open(io.BytesIO(made.getvalue())) as before, Image.open(io.BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes()


def test_documents_are_kept_to_the_byte() -> None:
    for name in ("plan.pdf", "note.docx", "tout.zip", "liste.csv"):
        assert look_at(name, GOOD[name]).content == GOOD[name]


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Plan d'été 2026.pdf", "Plan d'été 2026.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b Set-Cookie_ x.pdf"),
        ("con.pdf", "_con.pdf"),
        ("  .pdf. ", "pdf"),
        ("\x00", "file"),
        ("e\u0301.pdf", "é.pdf"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_names_are_cleaned_for_showing(sent: str, shown: str) -> None:
    assert clean_name(sent) == shown


@given(st.text(max_size=400))
def test_no_name_steers_hides_or_leads_elsewhere(sent: str) -> None:
    shown = clean_name(sent)
    assert 1 <= len(shown) <= LONGEST_NAME
    assert not is_path(shown)
    assert not set(shown) & set('<>:"/\\|?*')
    assert all(unicodedata.category(c)[0] != "C" for c in shown)
    assert clean_name(shown) == shown


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300), st.sampled_from([".pdf", ".docx", ".JPG"]))
def test_a_name_however_long_keeps_its_ending(stem: str, ending: str) -> None:
    assert ending_of(clean_name(stem + ending)) == ending.lower()


@given(st.text(min_size=1, max_size=60))
def test_no_name_of_an_entry_makes_an_archive_break_the_check(entry: str) -> None:
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(made, "w") as opened:
            opened.writestr(entry, b"words")
    except (UnicodeEncodeError, ValueError, IndexError):  # no name an archive can hold
        return
    said = refusal_of("colis.zip", made.getvalue())
    assert said == "" or "colis.zip" in said


def refusal_of(name: str, content: bytes) -> str:
    """What is said to the sender; nothing when the file is taken. Any other fault than a refusal fails the test."""
    try:
        look_at(name, content)
    except ValidationError as refused:
        return refused.messages[0]
    return ""
