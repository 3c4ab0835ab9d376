"""Turn the addresses in the environment into what Django and Celery want to hear."""

from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import dkim.crypto
from django.core.exceptions import ImproperlyConfigured

SMTP_BACKEND = "mailings.smtp.PhasedEmailBackend"
DKIM_KEY_BITS = 2048


class Dkim(NamedTuple):
    """For which domain mail is signed, under which name the public key stands in the DNS, and the private key in PEM."""

    domain: str
    selector: str
    private_key: str


def broker_url_for(redis_url: str) -> str:
    """Return Celery's broker URL for a cache URL (`redis://`, `rediss://` or `unix://`, whose `?db=` kombu calls `virtual_host`)."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
    return redis_url


def mail_settings_for(url: str) -> dict[str, Any]:
    """Return the mail settings of an EMAIL_URL.

    `smtp://user:pass@host:port` (add `?tls=1` for STARTTLS), `smtps://…` for TLS from the first byte, or
    `anymail+<provider>://?API_KEY=…` for a provider django-anymail knows, whose query becomes `ANYMAIL` under the provider's name.
    Raises ImproperlyConfigured for anything else.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme in {"smtp", "smtps"} and parts.hostname:
        tls = options.get("tls") == "1"
        return {
            "EMAIL_BACKEND": SMTP_BACKEND,
            "MAIL_PROVIDER": "",
            "ANYMAIL": {},
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587 if tls else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": tls,
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
    if parts.scheme.startswith("anymail+"):
        provider = parts.scheme.removeprefix("anymail+")
        prefix = f"{provider.upper()}_"  # anymail looks for MAILGUN_API_KEY, where the query may say API_KEY
        named = {name if name.startswith(prefix) else prefix + name: value for name, value in options.items()}
        return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "MAIL_PROVIDER": provider, "ANYMAIL": named}
    raise ImproperlyConfigured(f"EMAIL_URL {parts.scheme!r} is not understood: smtp://, smtps:// or anymail+<provider>://.")


def dkim_settings_for(domain: str, selector: str, key_file: str) -> Dkim | None:
    """Return with what the portal itself signs its mail (RFC 6376); None when all three are empty.

    `key_file` is the path of an RSA key in PEM of at least 2048 bits (RFC 8301, 3.2 asks for as many); a file, so that the key
    stands in no environment. Raises ImproperlyConfigured for a part that is missing, and for a key that is none.
    """
    if not (domain or selector or key_file):
        return None
    if not (domain and selector and key_file):
        raise ImproperlyConfigured("DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE belong together: set all three or none.")
    try:
        key = Path(key_file).read_text()
        modulus = dkim.crypto.parse_pem_private_key(key.encode())["modulus"]
    except (OSError, UnicodeDecodeError, dkim.crypto.UnparsableKeyError) as fault:
        raise ImproperlyConfigured(f"DKIM_KEY_FILE {key_file!r} holds no RSA key in PEM that can be read.") from fault
    if modulus.bit_length() < DKIM_KEY_BITS:
        raise ImproperlyConfigured(f"DKIM_KEY_FILE {key_file!r}: the key has fewer than {DKIM_KEY_BITS} bits.")
    return Dkim(domain, selector, key)


def documents_storage_for(bucket: str, *, endpoint: str = "", region: str = "") -> dict[str, Any]:
    """Where documents are kept: a bucket of S3 or what speaks like it, else the folder MEDIA_ROOT; private in both, and never overwritten.

    The keys of the bucket are those boto3 itself reads: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the role of the machine.
    """
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
        }
    options = {"bucket_name": bucket, "default_acl": "private", "querystring_auth": True, "file_overwrite": False}
    given = {"endpoint_url": endpoint, "region_name": region}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": options | {name: value for name, value in given.items() if value},
    }
