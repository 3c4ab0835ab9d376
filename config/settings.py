"""All settings of the portal, from the environment alone (see `.env.example`)."""

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logs import logging_for
from config.service_urls import broker_url_for, dkim_settings_for, documents_storage_for, mail_settings_for

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- What kind of run this is -------------------------------------------------------------------

INSECURE_SECRET_KEY = "insecure-only-for-demo-and-tests"  # noqa: S105 - refused below in production
SECRET_KEY_LENGTH = 50

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DEMO_DOORS = DEBUG and DEMO  # one-click log-in and inbox; never one without the other
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000" if DEBUG else "").rstrip("/")


def _refuse_unsafe_production() -> None:
    """Stop the start of a production process whose settings are missing or those of a try-out."""
    faults = []
    if not SECRET_KEY or SECRET_KEY == INSECURE_SECRET_KEY or len(SECRET_KEY) < SECRET_KEY_LENGTH:
        faults.append("SECRET_KEY must be set to at least 50 random characters")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS must name the portal's hosts")
    if not BASE_URL.startswith("https://"):
        faults.append("BASE_URL must be the portal's address, starting with https://")
    if DEMO:
        faults.append("DEMO must be off")
    faults += [f"{name} must be set" for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL") if not env.str(name, default="")]
    if env.str("EMAIL_URL", default="").startswith("anymail+") and ":" not in env.str("MAIL_WEBHOOK_SECRET", default=""):
        faults.append("MAIL_WEBHOOK_SECRET must be set, as user:password, for the reports of the mail provider")
    if faults:
        raise ImproperlyConfigured("The portal does not start: " + "; ".join(faults) + ". See .env.example.")


if not DEBUG:
    _refuse_unsafe_production()

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "config.privacy",
    "mailings",
    "partnerships",
    "municipalities",
    "config.admin_site.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "csp",
    "django_prometheus",
    "django_structlog",
    "simple_history",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.middleware.refuse_trace",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.reader_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.middleware.access_by_date",
    "config.middleware.second_factor_for_staff",
    "config.middleware.reviewers_on_their_page",
    "config.middleware.private_pages_unstored",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.middleware.staff_views_recorded",  # inside the one that gives the request its number in the log
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

if DEMO_DOORS:
    # outside of whatever may say that a page does not exist, inside of the reader's language
    MIDDLEWARE.insert(MIDDLEWARE.index("config.middleware.access_by_date"), "config.middleware.own_not_found_page")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.portal_frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "municipalities.templatetags.reader",
            ],
        },
    }
]
FORM_RENDERER = "config.rendering.PortalFormRenderer"

# --- Data ---------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://portal@127.0.0.1:5432/portal")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_NAME = f"portal{urlsplit(BASE_URL).port or ''}"  # two demos on one machine have two sessions
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# --- People and log-in --------------------------------------------------------------------------

AUTH_USER_MODEL = "municipalities.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, str]] = []  # nobody has a password: log-in is by code
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "mailings.accounts.PortalAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = int(timedelta(minutes=10).total_seconds())
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "request_login_code": "municipalities.forms.RequestLoginCodeForm",
    "confirm_login_code": "municipalities.forms.ConfirmLoginCodeForm",
}
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "30/m/ip,5/m/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "rating": "30/m/ip",
    "feed": "60/m/ip",
    "reply": "30/m/ip",
    "signed_link": "300/m/ip",  # generous: a mail provider presses the unsubscribe links of many from one address
    "invitation": "30/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "hub.brussels portal"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are entered by the team, and proven by the code

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the address is unique whatever its case: constraint user_email_unique
    "security.W019",  # previews of mails are shown in frames of the portal's own pages; CSP says the same (frame-ancestors)
]

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.str("MEDIA_ROOT", default="") or str(BASE_DIR / "media")
MEDIA_URL = ""  # documents have no address of their own: a view gives them out, by permission
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGES = {
    "default": documents_storage_for(S3_BUCKET, endpoint=env.str("S3_ENDPOINT_URL", default=""), region=env.str("S3_REGION", default="")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
S3_PRESIGNED = env.bool("S3_PRESIGNED", default=False)
FILES_ACCEL_PREFIX = env.str("FILES_ACCEL_PREFIX", default="")
CLAMD_URL = env.str("CLAMD_URL", default="")
FILE_UPLOAD_HANDLERS = [
    "partnerships.uploads.handlers.WatchfulHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Mail ---------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="smtp://127.0.0.1:1025")
_MAIL_SETTINGS = mail_settings_for(EMAIL_URL)
vars().update(_MAIL_SETTINGS)
# user:password in the address given to the provider (https://user:password@…/webhooks/mail/); without it nothing is heard.
MAIL_PROVIDER: str = _MAIL_SETTINGS["MAIL_PROVIDER"]
ANYMAIL: dict[str, str] = _MAIL_SETTINGS["ANYMAIL"]
if MAIL_WEBHOOK_SECRET := env.str("MAIL_WEBHOOK_SECRET", default=""):
    ANYMAIL["WEBHOOK_SECRET"] = MAIL_WEBHOOK_SECRET
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", default="")  # imaps://user:password@host/INBOX, where mails come back to
if BOUNCE_MAILBOX_URL and urlsplit(BOUNCE_MAILBOX_URL).scheme != "imaps":
    raise ImproperlyConfigured("BOUNCE_MAILBOX_URL must be imaps://user:password@host/folder.")
MAIL_SOFT_BOUNCES = env.int("MAIL_SOFT_BOUNCES", default=3)  # so many soft bounces within so many days: the address does not work
MAIL_SOFT_BOUNCE_DAYS = env.int("MAIL_SOFT_BOUNCE_DAYS", default=30)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)  # seconds for each step before the final dot
MAIL_ANSWER_TIMEOUT = env.int("MAIL_ANSWER_TIMEOUT", default=30)  # after it: impatience here makes doubts
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="hub.brussels · Local Partnerships <no-reply@portal.example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", default="local-partnerships@example.org")
MAIL_MESSAGE_ID_DOMAIN = env.str("MAIL_MESSAGE_ID_DOMAIN", default="portal.example.org")
DKIM = dkim_settings_for(
    env.str("DKIM_DOMAIN", default=""), selector=env.str("DKIM_SELECTOR", default=""), key_file=env.str("DKIM_KEY_FILE", default="")
)
MAIL_START_HELD = env.bool("MAIL_START_HELD", default=False)
MAIL_BATCH_SIZE = env.int("MAIL_BATCH_SIZE", default=50)
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", default=90)  # well above MAIL_ANSWER_TIMEOUT
if MAIL_LEASE_SECONDS < MAIL_ANSWER_TIMEOUT + 8:
    raise ImproperlyConfigured("MAIL_LEASE_SECONDS must be at least 8 more than MAIL_ANSWER_TIMEOUT, or nothing could ever be sent.")
# Where this host's senders write what they hand over: mailings then go out in sets. Empty: every mail is settled by itself.
MAIL_JOURNAL = env.str("MAIL_JOURNAL", default="")
MAIL_JOURNAL_SYNC = env.bool("MAIL_JOURNAL_SYNC", default=True)  # survive a power cut, not only a kill
MAIL_JOURNAL_BATCH = env.int("MAIL_JOURNAL_BATCH", default=500)  # mails in one set at most: what is in doubt when a host is lost
MAIL_JOURNAL_PATIENCE = env.int("MAIL_JOURNAL_PATIENCE", default=900)  # seconds to wait for a host that has a journal to read
MAIL_SENDERS = env.int("MAIL_SENDERS", default=2)  # at a time, over all workers; urgent mail may add one
MAIL_RATE = env.float("MAIL_RATE", default=0)  # mails of mailings a second, over all senders; 0: as fast as the server takes them
MAIL_DOMAIN_RATES = {domain: float(rate) for domain, rate in env.dict("MAIL_DOMAIN_RATES", default={}).items()}  # gmail.com=2,…
MAIL_PAUSE_AFTER_FAULTS = env.int("MAIL_PAUSE_AFTER_FAULTS", default=5)
MAIL_PAUSE_AFTER_REFUSALS = env.int("MAIL_PAUSE_AFTER_REFUSALS", default=15)  # in a row: the relay refuses the sender, not them
MAIL_RETRY_SECONDS = env.int("MAIL_RETRY_SECONDS", default=15)  # doubles at each attempt, up to four hours
MAIL_MAX_ATTEMPTS = env.int("MAIL_MAX_ATTEMPTS", default=36)  # about 4½ days, as RFC 5321 4.5.4.1 asks
AGENCY_NAME_FR = env.str("AGENCY_NAME_FR", default="Agence bruxelloise pour l'Entrepreneuriat")
AGENCY_NAME_NL = env.str("AGENCY_NAME_NL", default="Brussels Agentschap voor het Ondernemerschap")

# --- Background work ----------------------------------------------------------------------------

CELERY_BROKER_URL = broker_url_for(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # above the time limit; lease and sweep recover far sooner
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
}
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TIMEZONE = TIME_ZONE

# --- Security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEBUG:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    CSRF_TRUSTED_ORIGINS = [BASE_URL]
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs and metrics ---------------------------------------------------------------------------

LOGGING = logging_for(level=env.str("LOG_LEVEL", default="INFO"), is_for_people=DEBUG)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # who reads /metrics from another host shows it
PROMETHEUS_EXPORT_MIGRATIONS = False  # asks the database at every start, before it may be there

# --- Rules that are settings --------------------------------------------------------------------

# What each noun offers to the weekly draft (`partnerships.news.NewsProvider`), one line each.
CONTENT_PROVIDERS = ("mailings.news.published_measures", "partnerships.news_of.questions.published_questions")
WEEKLY_DRAFT_HOUR = 7  # Monday, Europe/Brussels
COVERAGE_NOTE_HOUR = 7  # Monday, Europe/Brussels: the lead is told what is open on the board of coverage
URGENT_ANSWER_WITHIN = timedelta(hours=2)  # after that, two of the team may approve an urgent mailing
MAILING_GRACE = timedelta(hours=36)  # a mailing this much later than its hour is held, not sent
SPOC_INTRODUCTION_HOUR = 7  # a new SPOC is introduced on the first day, not in the middle of the night
SPOC_GAPS_WITHIN = timedelta(days=60)  # days without SPOC are shown this long before they come
WELCOME_AFTER = timedelta(hours=1)  # time to mend a slip; then whoever was entered by others is told (GDPR, art. 14: within a month)
DELEGATION_LASTS = timedelta(days=365)  # proposed when a delegate is named; never longer than the mandate
AGREEMENT_EXPIRING_WITHIN = timedelta(days=180)
CONSULTATION_REMINDER_DAYS = [int(days) for days in env.list("CONSULTATION_REMINDER_DAYS", default=["7", "1"])]  # before it is held
CONSULTATION_ACTION_DAYS = env.int("CONSULTATION_ACTION_DAYS", default=7)  # before an action falls due, whoever is to do it hears
AGREEMENT_REMINDER_DAYS = (180, 90, 30)  # before the end, SPOC and lead hear of it
RATING_OPEN_FOR = timedelta(days=env.int("RATING_OPEN_DAYS", default=30))  # after the closing the answer may be given and changed
RATING_FEWEST = 5  # answers, before an average says anything
DOCUMENT_LARGEST_BYTES = env.int("DOCUMENT_LARGEST_MB", default=20) * 1024 * 1024
ATTACHMENTS_AT_ONCE = 10  # files in one form
ATTACHMENTS_PER_REQUEST = 60  # all versions together: more than any file of the team ever held
ACKNOWLEDGE_WITHIN_WORKING_DAYS = env.int("ACKNOWLEDGE_WITHIN_WORKING_DAYS", default=2)
NOTICES_GATHERED_WITHIN = timedelta(seconds=env.int("NOTICES_GATHER_SECONDS", default=600))  # one mail for what happens meanwhile
REOPEN_WITHIN = timedelta(days=env.int("REOPEN_WITHIN_DAYS", default=60))  # after closing; then a new, linked request
DEADLINES = {  # Belgian working days, and how many before the team is warned; first defaults of what the lead keeps in the administration
    "acknowledge": (ACKNOWLEDGE_WITHIN_WORKING_DAYS, min(1, ACKNOWLEDGE_WITHIN_WORKING_DAYS - 1)),
    "audit": (60, 5),
    "development": (40, 5),
    "works": (15, 3),
    "reopened": (5, 1),
}
# Belgian working days within which a question to the Region is answered.
QUESTION_DAYS = {"usual": env.int("QUESTION_WORKING_DAYS", default=10), "urgent": env.int("QUESTION_URGENT_WORKING_DAYS", default=3)}
QUESTION_WARNING = 1  # working days before a promised day on which whoever holds the question is reminded
QUESTION_VALID_FOR = timedelta(days=env.int("QUESTION_VALID_DAYS", default=180))  # then somebody says whether the answer still holds
QUESTION_LINK_LASTS = timedelta(days=env.int("QUESTION_LINK_DAYS", default=30))  # after the day of the reply, the link to reply still opens
BURNS_WITHIN_WORKING_DAYS = env.int("BURNS_WITHIN_WORKING_DAYS", default=3)  # what falls due so soon is on the list of what burns

# Compensation for traders during works: the Region's rule, with where it stands and since when it applies.
COMPENSATION = {
    "first_day": env.int("COMPENSATION_FIRST_DAY", default=29),
    "last_day": env.int("COMPENSATION_LAST_DAY", default=90),
    "below_fte": env.int("COMPENSATION_BELOW_FTE", default=10),
    "renewed_after_months": env.int("COMPENSATION_RENEWED_AFTER_MONTHS", default=6),
    "amounts": tuple(
        tuple(int(part) for part in step.split("-"))
        for step in env.list("COMPENSATION_AMOUNTS", default=["0-1-2000", "2-4-2350", "5-9-2700"])
    ),
    "source": env.str("COMPENSATION_SOURCE", default="https://economie-emploi.brussels/node/1964"),
    "source_date": date.fromisoformat(env.str("COMPENSATION_SOURCE_DATE", default="2019-03-25")),
}
COMPENSATION_REMINDER_DAYS = env.int("COMPENSATION_REMINDER_DAYS", default=7)  # before the first and the last day; and on the day itself
MEASURE_REMINDER_DAYS = env.int("MEASURE_REMINDER_DAYS", default=5)  # before a measure of an action plan falls due

# How long what is kept; config/privacy/retention.py applies it once a day.
RETENTION_CONTACT = timedelta(days=env.int("RETENTION_CONTACT_DAYS", default=365))  # after the last mandate, then a pseudonym
RETENTION_SEND_LOG = timedelta(days=env.int("RETENTION_SEND_LOG_DAYS", default=2 * 365))
RETENTION_MAIL_BODIES = timedelta(days=env.int("RETENTION_MAIL_BODIES_DAYS", default=180))  # words of notices and test mails
RETENTION_REQUESTS = timedelta(days=env.int("RETENTION_REQUESTS_DAYS", default=5 * 365))  # after closing, then only the figures
RETENTION_DRAFTS = timedelta(days=env.int("RETENTION_DRAFTS_DAYS", default=365))  # of requests never submitted, untouched
RETENTION_REPLACED_DOCUMENTS = timedelta(days=env.int("RETENTION_REPLACED_DOCUMENTS_DAYS", default=365))  # a signed PDF replaced by another
RETENTION_REMOVED_FILES = timedelta(days=env.int("RETENTION_REMOVED_FILES_DAYS", default=30))  # out of sight at once
DRAFT_UPLOADS_KEPT = timedelta(days=1)  # files of a form that was not sent
RETENTION_ACCESS_LOG = timedelta(days=env.int("RETENTION_ACCESS_LOG_DAYS", default=365))
RETENTION_HOUR = 3  # Europe/Brussels; from then on the day's rules are applied
ERASURE_KEY = env.str("ERASURE_KEY", default="") or SECRET_KEY  # of the fingerprints in the list of erasures
ERASURES_FILE = env.str("ERASURES_FILE", default="")  # each erasure is also written there, apart from the database

TURNOVER_FILE_BYTES = 2 * 1024 * 1024  # a list of 2,000 mandates is far smaller
TURNOVER_FILE_ROWS = 2_000
TURNOVER_UPLOAD_KEPT = timedelta(hours=24)  # a file that was looked at and not imported
TURNOVER_UNDO_WITHIN = timedelta(days=60)  # what undoing an import needs is kept as long

SITE_NAME = _("Municipalities and hub.brussels")
