"""The image without an engine for it: its steps run on exactly the files it takes, and its processes as a container starts them."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import yaml
from django.conf import settings

BASE = settings.BASE_DIR
PROMPTLY = 90  # seconds on a busy machine


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """What `COPY . .` takes by .dockerignore, of what git knows; then the steps of the build, as the Dockerfile has them."""
    folder = tmp_path_factory.mktemp("image") / "portal"
    allowed = re.findall(r"(?m)^!(\S+)", (BASE / ".dockerignore").read_text())
    listed = subprocess.run(["git", "ls-files", *allowed], cwd=BASE, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(BASE / name, folder / name)
    steps = re.search(r"RUN (python -m config\.translations.*?)\n\n", (BASE / "Dockerfile").read_text(), re.DOTALL)[1]
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-ec", steps.replace("\\\n", " ")], cwd=folder, env=environment, check=True, capture_output=True)
    for path in [folder, *folder.rglob("*")]:  # a root that is never written to
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Production's settings, with a database of its own in the cluster of the tests."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"image_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = tmp_path_factory.mktemp("written")
    yield {
        "PATH": os.environ["PATH"],
        "PYTHON": sys.executable,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(place),
        "MEDIA_ROOT": str(place / "data"),
        "MAIL_JOURNAL": str(place / "journal"),
        "DEBUG": "0",
        "SECRET_KEY": "only-for-this-test-" + uuid.uuid4().hex * 2,
        "ALLOWED_HOSTS": "portal.example.org,localhost",
        "BASE_URL": "https://portal.example.org",
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "REDIS_URL": os.environ["REDIS_URL"],
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "PORT": str(port),
        "WEB_PROCESSES": "2",
        "WORKER_PROCESSES": "1",
    }
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving(image, environment, *words):
    with subprocess.Popen([image / "bin" / "serve", *words], cwd=image, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ask(environment, path, host="portal.example.org", **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{environment['PORT']}{path}", headers={"Host": host, **headers})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def until(found, *arguments):
    end = time.monotonic() + PROMPTLY
    while True:
        try:
            if value := found(*arguments):
                return value
        except OSError:
            pass
        assert time.monotonic() < end, "It did not come in time."
        time.sleep(0.2)


def ends_calmly(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(PROMPTLY) == 0


def test_the_processes_of_a_container_start_answer_and_end(image, environment):
    """One walk, as each step stands on the one before: migrate twice, web, worker; a heartbeat; the end of each."""
    for _ in range(2):
        with serving(image, environment, "migrate") as step:
            assert step.wait(PROMPTLY) == 0, step.stderr.read()
    with serving(image, environment, "web") as web:
        assert until(ask, environment, "/health/live")[0] == 200
        status, words = ask(environment, "/health/ready")
        assert (status, json.loads(words)["worker"], json.loads(words)["database"]) == (503, "away", "ok")
        with serving(image, environment, "worker") as worker:
            until(lambda: ask(environment, "/health/ready")[0] == 200)
            status, page = ask(environment, "/accounts/login/", **{"X-Forwarded-Proto": "https"})
            assert status == 200 or "https" in page
            assert ask(environment, "/health/live", host="evil.example.org")[0] == 400
            assert 'portal_part_up{part="worker"} 1.0' in ask(environment, "/metrics")[1]
            ends_calmly(worker)
        ends_calmly(web)


def test_beat_rings_and_ends(image, environment):
    with serving(image, environment, "beat") as beat:
        until(lambda: list(Path(environment["TMPDIR"]).glob("portal-beat*")))
        time.sleep(1)
        assert beat.poll() is None, beat.stderr.read()
        ends_calmly(beat)


def test_a_word_that_is_none_is_refused(image, environment):
    done = subprocess.run([image / "bin" / "serve", "everything"], cwd=image, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "serve web" in done.stderr) == (64, True)


def test_the_image_takes_the_portal_and_nothing_else(image):
    names = {path.name for path in image.iterdir()}
    assert names >= {"bin", "config", "mailings", "municipalities", "partnerships", "manage.py", "static", "templates", "staticfiles"}
    assert names.isdisjoint({"tests", ".git", ".env", ".demo", "docs", "Makefile"})
    assert [path for path in image.rglob("*") if path.suffix == ".mo"], "the words are compiled"


def test_every_process_of_the_compose_files_is_one_the_image_knows():
    known = set(re.findall(r"(?m)^    (\w+)\)$", (BASE / "bin" / "serve").read_text()))
    compose = yaml.safe_load((BASE / "docker-compose.yml").read_text())
    ours = {name: service for name, service in compose["services"].items() if "build" in service}
    assert set(ours) == {"migrate", "seed", "web", "worker", "beat"}
    for service in ours.values():
        assert service["command"][0] in known
        assert service["read_only"] is True


def test_every_setting_of_the_deployment_files_exists():
    explained = set(re.findall(r"(?m)^([A-Z_0-9]+)=", (BASE / ".env.example").read_text())) | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    services = [
        service
        for name in ("docker-compose.yml", "deploy/compose.production.yml")
        for service in yaml.safe_load((BASE / name).read_text())["services"].values()
    ]
    given = {name for service in services if "read_only" in service or "image" in service for name in service.get("environment", {})}
    given -= {"POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}
    for manifest in yaml.safe_load_all((BASE / "deploy/kubernetes/portal.yaml").read_text()):
        if manifest["kind"] == "ConfigMap":
            given |= set(manifest["data"])
    assert given <= explained
