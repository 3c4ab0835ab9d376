"""A real server that speaks S3, for the length of the tests: SeaweedFS from its wheel, on the loopback, with keys of its own."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import dies_with_parent

KEY, SECRET = "portal-tests", "only-for-tests"
BINARY = Path(sys.executable).parent / "weed"
TRIES = 4
STARTS_WITHIN = 60.0
GRPC_OFFSET = 10_000  # SeaweedFS speaks gRPC on each port plus this number
IDENTITY = {
    "name": "portal",
    "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}


@contextmanager
def object_store() -> Iterator[str]:
    """Start the server and give its address; whoever asks without the keys is refused."""
    folder = Path(tempfile.mkdtemp(prefix="portal-s3-"))
    (folder / "identities.json").write_text(json.dumps({"identities": [IDENTITY]}))
    address, process = _started(folder)
    try:
        yield address
    finally:
        process.kill()  # nothing is worth keeping; a gentle stop takes half a minute
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> tuple[str, "subprocess.Popen[bytes]"]:
    """Try again on other ports when somebody took one between the look and the start."""
    for _try in range(TRIES - 1):
        try:
            return _start(folder)
        except AssertionError as failure:
            if "address already in use" not in str(failure):
                raise
    return _start(folder)


def _start(folder: Path) -> tuple[str, "subprocess.Popen[bytes]"]:
    master, volume, filer, s3 = _free_ports(4)
    parts = ["-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    where = [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=32", "-volume.max=8"]
    sockets = [f"-filer.localSocket={folder}/filer.sock", f"-s3.localSocket={folder}/s3.sock"]
    ports = [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [BINARY, "server", *parts, *where, *sockets, *ports, f"-s3.config={folder / 'identities.json'}"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
    address = f"http://127.0.0.1:{s3}"
    deadline = time.monotonic() + STARTS_WITHIN
    while not _refuses_strangers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError("the object store did not start:\n" + (folder / "log").read_text(errors="replace")[-4000:])
        time.sleep(0.1)
    return address, process


def _refuses_strangers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code == 403
    except OSError:
        return False
    return False


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on, low enough for the gRPC port beside each."""
    found: list[int] = []
    for port in range(secrets.randbelow(25_000) + 20_000, 50_000):
        if len(found) == count:
            break
        with socket.socket() as one, socket.socket() as beside:
            try:
                one.bind(("127.0.0.1", port))
                beside.bind(("127.0.0.1", port + GRPC_OFFSET))
            except OSError:
                continue
            found.append(port)
    return found
