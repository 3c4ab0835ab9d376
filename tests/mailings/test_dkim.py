"""The signature of the sending domain, checked on mail as a server took it, by the verifier of another hand (dkimpy's)."""

import subprocess
from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from config.service_urls import Dkim, dkim_settings_for
from mailings.delivery import deliver_queue
from mailings.smtp import PhasedEmailBackend
from tests.factories import DeliveryFactory
from tests.mailings.test_campaign_sets import planned

DOMAIN, SELECTOR = "portal.example.org", "november"


def pem(key, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def signing(settings, key):
    settings.DKIM = Dkim(DOMAIN, SELECTOR, pem(key))


@pytest.fixture
def holds(key):
    """Whether a mail is signed as the public key in the DNS says."""
    public = b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    records = {f"{SELECTOR}._domainkey.{DOMAIN}.".encode(): b"v=DKIM1; k=rsa; p=" + public}
    return lambda raw: dkim.verify(raw, dnsfunc=lambda name, timeout=5: records.get(name))


def send(sink, body="Bonjour é\n.un point\n..deux\n\n\n"):
    backend = PhasedEmailBackend(host="127.0.0.1", port=sink.port, timeout=5)
    backend.send_messages([EmailMessage("Réunion à Ixelles", body, f"Portail <no-reply@{DOMAIN}>", ["ann@example.org"])])
    return sink.received[-1].raw


def test_a_mail_is_signed_as_the_reader_will_see_it(sink, signing, holds):
    raw = send(sink)
    assert raw.startswith(b"DKIM-Signature: ")
    assert holds(raw)


def test_without_the_settings_nothing_is_signed(sink, holds):
    assert b"DKIM-Signature" not in send(sink)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"un point", b"un poing"),
        (b"ann@example.org", b"bob@example.org"),
        (b"\r\nMIME-Version", b"\r\nFrom: x@example.org\r\nMIME-Version"),
    ],
    ids=["words", "addressee", "a second sender"],
)
def test_whatever_is_changed_on_the_way_breaks_the_signature(sink, signing, holds, old, new):
    raw = send(sink)
    assert old in raw
    assert not holds(raw.replace(old, new, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("by_journal", [True, False], ids=["in sets", "one by one"])
def test_every_mail_of_a_mailing_is_signed_with_its_way_out(sink, signing, holds, settings, tmp_path, by_journal):
    sink.pipelining = True
    settings.MAIL_JOURNAL = str(tmp_path / "journal") if by_journal else ""
    planned(4)
    deliver_queue()
    assert len(sink.received) == 4
    for received in sink.received:
        assert holds(received.raw)
        signature = received.message["DKIM-Signature"].replace(" ", "").lower()
        assert ":list-unsubscribe:list-unsubscribe-post" in signature  # RFC 8058, 4
        assert not holds(received.raw.replace(b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost", 1))


@pytest.mark.django_db
def test_a_code_is_signed_too(sink, signing, holds):
    DeliveryFactory(kind="login_code", priority=0)
    deliver_queue()
    assert holds(sink.received[0].raw)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_both_ways_of_writing_a_key_are_read(tmp_path, key, form):
    (tmp_path / "key.pem").write_text(pem(key, form))
    assert dkim_settings_for(DOMAIN, SELECTOR, str(tmp_path / "key.pem")) == (DOMAIN, SELECTOR, pem(key, form))


@pytest.mark.parametrize(
    ("domain", "selector", "words", "told"),
    [
        (DOMAIN, "", "", "belong together"),
        ("", SELECTOR, None, "belong together"),
        (DOMAIN, SELECTOR, None, "no RSA key"),
        (DOMAIN, SELECTOR, "no key at all", "no RSA key"),
        (DOMAIN, SELECTOR, pem(ec.generate_private_key(ec.SECP256R1())), "no RSA key"),
        (DOMAIN, SELECTOR, pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "fewer than 2048 bits"),
    ],
    ids=["no selector", "no domain", "no file", "no key", "a key of another kind", "a short key"],
)
def test_a_setting_that_cannot_sign_stops_the_start(tmp_path, domain, selector, words, told):
    place = tmp_path / "key.pem"
    if words:
        place.write_text(words)
    with pytest.raises(ImproperlyConfigured, match=told):
        dkim_settings_for(domain, selector, str(place))


def test_the_commands_of_the_manual_make_a_key_that_signs(tmp_path):
    """What docs/MAIL.md tells the operator to type."""
    place = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", place, "2048"], check=True, capture_output=True)
    assert dkim_settings_for(DOMAIN, SELECTOR, str(place)) == (DOMAIN, SELECTOR, place.read_text())
