import atexit
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from support import POSTGRESQL, copied, forget, made, opened_office, served, settled

from app import clock, config, logs
from app.accounts import passwords
from app.factory import System
from fixtures.load import Demo

MEMORY = Path("/dev/shm")  # noqa: S108 - forced writes are free there
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"]
    tempfile.tempdir = None  # read again where to
# many tests start the register itself
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
logs.configure(logging.WARNING)
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001 - real, at least cost
_compiled = tempfile.TemporaryDirectory(prefix="danhmuc-templates-")
# hundreds of applications, one set
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(_compiled.name)}
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
SHARED = Path(tempfile.gettempdir())  # by all processes and runs
# what is scarce on the machine is counted for this process and its children alone
os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="danhmuc-tests-")
atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)

UNUSED = 6 * 3600  # seconds after which a demonstration that lies there is forgotten
ROOT = Path(__file__).parents[1]
STANDARDS = Path(
    os.environ.get("DANHMUC_STANDARDS", ROOT.parent / "shared" / "standards")
)


def _may_mount():
    with tempfile.TemporaryDirectory() as folder:
        mount = ("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder)
        done = (
            shutil.which("mount")
            and subprocess.run(mount, capture_output=True).returncode == 0
        )
        return bool(done) and subprocess.run(["umount", folder]).returncode == 0


# the disk is the database's own: what fills up there is not ours to mount on PostgreSQL
collect_ignore = [] if _may_mount() and not POSTGRESQL else ["reliability/test_disk.py"]


DIALECT = (  # what talks to the database in its own words; what stands on it says the same on both
    "tests/app/exchange/cases",
    "tests/app/exchange/test_paths.py",
    "tests/app/exchange/test_traffic.py",
    "tests/app/migrations",
    "tests/app/operations",
    "tests/app/register",
    "tests/app/search",
    "tests/app/succession",
    "tests/app/test_journal.py",
    "tests/app/web/test_cases.py",
    "tests/app/workflow/test_workflow.py",
    "tests/app/workflow/test_decisions.py",
    "tests/app/workflow/test_intake.py",
    "tests/app/accounts/test_accounts.py",
    "tests/app/notify/test_notices.py",
    "tests/app/rdf/test_activities.py",
    "tests/reliability/test_race.py",
    "tests/reliability/test_succession_killed.py",
)
ONE_STATUS = (  # of the tests that ask the same of every status of a proposal
    "test_proposals_are_shown_and_worked_on_as_the_tables_say[registrar-in review]",
    "test_the_door_lets_through_what_both_tables_allow_and_nothing_else[in-review]",
)
EVERY_STATUS = tuple(name.partition("[")[0] for name in ONE_STATUS)


def pytest_addoption(parser):
    parser.addoption(
        "--nightly",
        default="",
        help="the long proofs of this part alone; `all`: whatever is collected",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Call slow what needs the demonstration, which takes half a minute to load; leave the long proofs to the night.

    On PostgreSQL run what talks to the dialect, one status of the matrix, and the rest of what has a database nightly.
    """
    for item in items:
        if "demo_folder" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
        if item.name.startswith(EVERY_STATUS) and item.name not in ONE_STATUS:
            item.add_marker(pytest.mark.nightly("attack"))
    part = config.getoption("--nightly")
    if part != "all":
        kept = [item for item in items if _wanted(item, part)]
        config.hook.pytest_deselected(
            items=[item for item in items if item not in kept]
        )
        items[:] = kept


def _wanted(item, part):
    if POSTGRESQL:
        has_database = bool({"tmp_path", "tmp_path_factory"} & set(item.fixturenames))
        by_day = item.nodeid.startswith(DIALECT) or item.name in ONE_STATUS
        if item.name.startswith(EVERY_STATUS):
            by_day = item.name in ONE_STATUS
        return (
            has_database
            and by_day is (part != "postgresql")
            and (by_day is False or _part(item) == part)
        )
    return _part(item) == part


def _part(item):
    marker = item.get_closest_marker("nightly")
    return marker.args[0] if marker else ""


@pytest.fixture(autouse=True)
def _databases_go_when_the_test_is_over():
    before = len(made)
    yield
    while served:
        process = served.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
    while len(made) > before:
        forget(made.pop())


@pytest.fixture(scope="module")
def socket_enabled_module():
    import pytest_socket

    pytest_socket.enable_socket()
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="module")
def browser(socket_enabled_module):
    from chromium import CHROMIUM, FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(demo, socket_enabled_module):
    from chromium import served

    with served(demo) as found:
        yield found


@pytest.fixture
def office(tmp_path):
    return opened_office(tmp_path)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """The demonstration register; each worker has a copy, in the database that is tested."""
    from app.operations.copying import move

    folder = tmp_path_factory.mktemp("demo") / "copy"
    loaded = System(config.load({config.VARIABLE: str(_loaded() / "demo.toml")}))
    shutil.copytree(loaded.settings.data_dir.parent, folder)
    if POSTGRESQL:
        settings = settled(
            folder, (ROOT / "fixtures" / "demo.toml").read_text(encoding="utf-8")
        )
        system = System(config.load({config.VARIABLE: str(settings)}))
        move(loaded.database, system.database)
        system.database.engine.dispose()
    loaded.close()
    return folder


def _state_of_the_code():
    """Return a name for what the demonstration is made by: this code and these data, on this day."""
    made_by = hashlib.sha256(clock.today().isoformat().encode())
    for part in ("app", "catalog_schema", "fixtures"):
        for path in sorted((ROOT / part).rglob("*")):
            if path.suffix in (".py", ".ttl", ".csv", ".toml"):
                made_by.update(path.read_bytes())
    return made_by.hexdigest()[:16]


def _loaded():
    """Load the demonstration through its real workflow, once for all workers and runs of a day; return its folder."""
    folder = SHARED / f"danhmuc-demo-{_state_of_the_code()}"
    for old in SHARED.glob("danhmuc-demo-*"):
        if old.stat().st_mtime < time.time() - UNUSED:
            # another worker may be at it
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(
                missing_ok=True
            )
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            text = (ROOT / "fixtures" / "demo.toml").read_text(encoding="utf-8")
            # approving enters
            text = text.replace(
                "demonstration = true", "demonstration = true\npromulgate = []"
            )
            (begun / "demo.toml").write_text(
                text.replace("../var/demo", "data"), encoding="utf-8"
            )
            system = System(config.load({config.VARIABLE: str(begun / "demo.toml")}))
            system.migrate()
            for _ in Demo(system).load():
                pass
            system.follow()
            system.database.fold()
            system.store.close()
            begun.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder):
    """The loaded demonstration; tests only read it."""
    system = System(config.load({config.VARIABLE: str(demo_folder / "demo.toml")}))
    yield system
    system.close()


@pytest.fixture
def demo_copy(demo_folder, tmp_path):
    """A copy of the loaded demonstration that a test may change."""
    return copied(demo_folder, tmp_path / "copy")


@pytest.fixture(scope="session")
def demo_client(demo):
    from app.factory import create_app

    return create_app(demo).test_client()


def missing(path):
    """Skip by name where a part is absent, fail where nothing may be skipped and the part is ours to install."""
    pytest.skip(f"{path} not found")


@pytest.fixture(scope="session")
def standards():
    if not STANDARDS.is_dir():
        missing(STANDARDS)
    return STANDARDS
