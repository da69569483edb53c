"""A real PostgreSQL of our own: how it is made, started and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

# A password with everything in it that an address has to escape.
PASSWORD = "s3:cr/t @?#%é"
SYSTEM_USER = "postgres"


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL: its folder (and socket), its port, and how to say something to it."""

    folder: Path
    port: int

    @property
    def reader(self) -> str:
        """The address of a role that may only read, with its password."""
        return f"postgresql://reader:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/council"

    @property
    def owner(self) -> str:
        """The address of the role that may do anything."""
        return f"postgresql://{SYSTEM_USER}@/council?host={self.folder}&port={self.port}"

    def connect(self) -> Any:
        """Open a connection that may change everything."""
        import psycopg

        return psycopg.connect(host=str(self.folder), port=self.port, user=SYSTEM_USER, dbname="council")

    def run(self, *statements: str) -> None:
        """Carry out statements."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)


def as_system_user(command: Sequence[str], folder: Path) -> None:
    """Run a program as the user a database may run as: it refuses to be root."""
    prefix = ["runuser", "-u", SYSTEM_USER, "--"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *command], cwd=folder, check=True, capture_output=True, timeout=60)


def program(name: str) -> str:
    """Find a program of PostgreSQL where Debian keeps it, or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name


@contextmanager
def running() -> Iterator[Server]:
    """Give a server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam(SYSTEM_USER).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    login = ["--username", SYSTEM_USER, "--auth-local=trust", "--auth-host=scram-sha-256"]
    as_system_user([program("initdb"), "-D", data, "-E", "UTF8", "--locale=C", "--no-sync", *login], folder)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c timezone=Asia/Tokyo"
    start = [program("pg_ctl"), "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start"]
    try:
        as_system_user(start, folder)
        made = Server(folder, port)
        as_system_user([program("createdb"), "-h", str(folder), "-p", str(port), "-U", SYSTEM_USER, "council"], folder)
        made.run(
            f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader",
        )
        yield made
    finally:
        stop = [program("pg_ctl"), "-D", data, "-m", "immediate", "stop"]
        if (folder / "data" / "postmaster.pid").exists():
            as_system_user(stop, folder)
        shutil.rmtree(folder, ignore_errors=True)
