"""A PostgreSQL cluster of its own: the programs in, the address of a server that runs within a folder out."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60  # seconds until a server that does not answer counts as broken
SETTINGS = (
    "--listen_addresses=127.0.0.1",
    "--fsync=off",
    "--synchronous_commit=off",
    "--full_page_writes=off",
    "--shared_buffers=32MB",
)
# The first that there is; with ICU, texts are ordered and changed alike on every machine.
LOCALES = (
    ("--locale=C", "--locale-provider=icu", "--icu-locale=en-US"),
    ("--locale=en_US.UTF-8",),
    ("--locale=C.UTF-8",),
)


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres; Debian keeps them out of PATH, the newest is taken."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name.zfill(9), reverse=True)
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, debian), "/usr/local/bin"])
    initdb = shutil.which("initdb", path=places)
    folder = Path(initdb).resolve().parent if initdb else None
    return folder if folder and (folder / "postgres").exists() else None


def owner_of_server() -> dict[str, Any]:
    """Whom the server runs as, in the words of subprocess: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def running_cluster(programs: Path) -> Iterator[str]:
    """The address of a cluster that runs meanwhile, with the password. It is in UTF8.

    Its texts are in the order of English words, as in most databases, not in that of code points.
    """
    owner = owner_of_server()
    with tempfile.TemporaryDirectory(prefix="kpidsl-", ignore_cleanup_errors=True) as folder:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        with running(programs, Path(folder), owner) as url:
            yield url


@contextmanager
def running(programs: Path, folder: Path, owner: dict[str, Any]) -> Iterator[str]:
    password = secrets.token_hex(8)
    surroundings: dict[str, Any] = {"cwd": folder, "env": {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}, **owner}
    make_cluster(programs, folder, password, surroundings)
    with (folder / "log").open("w") as log:
        server, port = start(programs, folder, {**surroundings, "stdout": log, "stderr": log})
        try:
            yield address_when_ready(server, f"postgresql://kpidsl:{password}@127.0.0.1:{port}/postgres", folder / "log")
        finally:
            stop(server)


def make_cluster(programs: Path, folder: Path, password: str, surroundings: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # the folder itself is for its owner only
    options = [f"--pgdata={folder / 'data'}", "--username=kpidsl", "--auth=scram-sha-256", f"--pwfile={secret}"]
    for locale in LOCALES:
        command = [programs / "initdb", *options, "--encoding=UTF8", "--no-sync", *locale]
        done = subprocess.run(command, capture_output=True, text=True, **surroundings)
        if done.returncode == 0:
            return
    raise RuntimeError(f"initdb failed:\n{done.stderr}")


def start(programs: Path, folder: Path, surroundings: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder, "-p", str(port), *SETTINGS]
    return subprocess.Popen(command, **surroundings), port


def address_when_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> str:
    import psycopg

    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return url
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise RuntimeError(f"postgres did not start:\n{log.read_text()}")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # what PostgreSQL calls a fast shutdown
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
