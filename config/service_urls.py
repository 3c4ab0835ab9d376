"""Turn the addresses in the environment into what Django and Celery want to hear."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SMTP_BACKEND = "mailings.smtp.PhasedEmailBackend"


def broker_url_for(redis_url: str) -> str:
    """Return Celery's broker URL for a cache URL (`redis://`, `rediss://` or `unix://`, whose `?db=` kombu calls `virtual_host`)."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
    return redis_url


def mail_settings_for(url: str) -> dict[str, Any]:
    """Return the mail settings of an EMAIL_URL.

    `smtp://user:pass@host:port` (add `?tls=1` for STARTTLS), `smtps://…` for TLS from the first byte, or
    `anymail+<provider>://?API_KEY=…` for a provider django-anymail knows, whose query becomes `ANYMAIL`.
    Raises ImproperlyConfigured for anything else.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme in {"smtp", "smtps"} and parts.hostname:
        tls = options.get("tls") == "1"
        return {
            "EMAIL_BACKEND": SMTP_BACKEND,
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587 if tls else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": tls,
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }
    if parts.scheme.startswith("anymail+"):
        provider = parts.scheme.removeprefix("anymail+")
        return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": options}
    raise ImproperlyConfigured(f"EMAIL_URL {parts.scheme!r} is not understood: smtp://, smtps:// or anymail+<provider>://.")


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
