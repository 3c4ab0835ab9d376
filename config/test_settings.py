"""Settings of the tests: the portal's own, on a real PostgreSQL and Valkey.

They start before Django reads its settings, when `DATABASE_URL` or `REDIS_URL` is not given, and end with the
process that started them; the workers of `pytest -n` inherit their addresses.
"""

import atexit
import os
import tempfile
from pathlib import Path

from config.embedded import Postgres, Valkey, remove, socket_folder
from config.translations import compile_catalogues

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def _stop_postgres(postgres: Postgres, folder: Path) -> None:
    postgres.stop()
    remove(folder)
    remove(postgres.sockets)


def _stop_valkey(valkey: Valkey) -> None:
    valkey.stop()
    remove(valkey.sockets)


def _start_services() -> None:
    if "DATABASE_URL" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres", socket_folder(), volatile=True)
        postgres.start()
        os.environ["DATABASE_URL"] = postgres.url
        atexit.register(_stop_postgres, postgres, folder)
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(socket_folder())
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url
        atexit.register(_stop_valkey, valkey)


compile_catalogues()  # Django reads them once, and a fresh clone has none
_start_services()
os.environ.update(DEBUG="1", DEMO="0", BASE_URL="http://testserver", ALLOWED_HOSTS="testserver,127.0.0.1,localhost")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:9")  # nobody listens: a test that sends says where to
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("NOTICES_GATHER_SECONDS", "0")  # tests of gathering set it themselves
if os.environ["REDIS_URL"].startswith("unix://") and "?" not in os.environ["REDIS_URL"]:
    # Each worker of pytest has its own cache and its own queue.
    os.environ["REDIS_URL_OF_WORKER"] = f"{os.environ['REDIS_URL']}?db={int(WORKER.removeprefix('gw')) + 1}"

from config.service_urls import broker_url_for  # noqa: E402
from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATABASES, STORAGES  # noqa: E402

if "REDIS_URL_OF_WORKER" in os.environ:
    REDIS_URL = os.environ["REDIS_URL_OF_WORKER"]
    CACHES["default"]["LOCATION"] = REDIS_URL
    CELERY_BROKER_URL = broker_url_for(REDIS_URL)
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
WHITENOISE_AUTOREFRESH = True
