"""What must hold for the register to start and to be ready, and what is said when it does not."""

import shutil
import threading
from dataclasses import replace
from datetime import timedelta

import postgres
import pytest
from sqlalchemy import create_engine, event, text
from support import POSTGRESQL, agency, code, make_system, unguarded

from app import clock, migrations
from app.db import Database
from app.errors import SetupError, StorageFullError, UnavailableError
from app.factory import System, create_app
from app.migrations import tables
from app.operations import health

pytestmark = pytest.mark.slow

BASE = {"base_url": "https://danhmuc.example"}


def with_settings(system, **changed):
    other = System(replace(system.settings, **changed))
    other.__dict__["database"] = system.database
    return other


def ask(office):
    answer = office.client().get("/readyz", **BASE)
    return answer.status_code, answer.json["problems"]


def test_a_register_that_is_well_is_ready(office):
    office.system.follow()

    assert ask(office) == (200, [])
    assert office.client().get("/healthz", **BASE).json == {"status": "ok"}
    assert office.client().get("/readyz", **BASE).headers["Cache-Control"] == "no-store"


def test_a_catalogue_that_nobody_publishes_yet_is_told_and_stops_nobody(office):
    def incomplete():
        answer = office.client().get("/readyz", **BASE)
        return answer.status_code, answer.json["incomplete"]

    (said,) = health.incomplete(office.system).values()
    assert office.system.settings.publisher_code in said
    assert incomplete() == (200, ["publisher"])

    published_by = code(office.system.settings.publisher_code, office.department)
    office.enter("identifier-code", published_by)
    assert incomplete() == (200, [])


@pytest.mark.parametrize("base", ["http://danhmuc.example", "http://10.0.0.5:5000"])
def test_without_https_nothing_is_served_but_a_demonstration(office, base):
    with pytest.raises(SetupError, match="https"):
        create_app(with_settings(office.system, base_uri=base))

    assert create_app(with_settings(office.system, base_uri=base, demonstration=True))
    assert create_app(with_settings(office.system, base_uri="http://127.0.0.1:5000"))


def test_an_unmigrated_database_does_not_start(tmp_path, office):
    empty = with_settings(office.system)
    empty.__dict__["database"] = Database(
        f"sqlite:///{tmp_path / 'empty.db'}", tables.metadata
    )

    with pytest.raises(SetupError, match="danhmuc migrate"):
        create_app(empty)
    empty.database.engine.dispose()


def test_projections_that_are_far_behind_are_told(office, monkeypatch):
    office.system.follow()
    monkeypatch.setattr(health, "MOST_BEHIND", 3)
    office.enter("agency", agency("Sở mới"))

    assert ask(office) == (503, ["projections"])
    office.system.follow()
    assert ask(office) == (200, [])


def test_a_disk_without_room_is_told(office, monkeypatch):
    office.system.follow()
    free = shutil.disk_usage(office.system.settings.data_dir).free
    monkeypatch.setattr(health, "LEAST_FREE", free * 2)

    assert ask(office) == (503, ["disk"])


def test_a_clock_that_went_back_is_told(office):
    office.system.follow()

    with clock.frozen(clock.now() - timedelta(days=1)):
        assert ask(office) == (503, ["clock"])


def test_a_lost_trigger_is_told(office):
    client = office.client()
    office.system.follow()
    with office.system.database.transaction() as session:
        unguarded(session)

    assert client.get("/readyz", **BASE).json["problems"] == ["schema"]


@pytest.mark.slow
def test_a_writer_that_never_ends_is_told_and_readers_go_on(office, monkeypatch):
    office.system.follow()
    client, holding, done = office.client(), threading.Event(), threading.Event()
    patience = (
        "PRAGMA busy_timeout=200" if not POSTGRESQL else "SET lock_timeout='200ms'"
    )
    probe = Database.probe

    def impatient(database):
        with database.engine.connect() as connection:
            connection.exec_driver_sql(patience)
            connection.commit()
        probe(database)

    def hold():
        with office.system.database.transaction() as session:
            session.execute(text("SELECT 1"))
            holding.set()
            done.wait(30)

    monkeypatch.setattr(Database, "probe", impatient)
    writer = threading.Thread(target=hold)
    writer.start()
    holding.wait()
    try:
        assert client.get("/readyz", **BASE).json["problems"] == ["write"]
        assert client.get("/", **BASE).status_code == 200
    finally:
        done.set()
        writer.join()
    assert client.get("/readyz", **BASE).status_code == 200


if not POSTGRESQL:  # a limit on pages is SQLite's

    def test_on_a_full_disk_reads_go_on_and_writes_say_so_until_there_is_room(office):
        client = office.client()
        engine = office.system.database.engine
        with engine.connect() as connection:
            full = connection.exec_driver_sql("PRAGMA page_count").scalar()
        engine.dispose()

        def limit(connection, _record):
            connection.execute(f"PRAGMA max_page_count={full}")

        event.listen(engine, "connect", limit)
        with pytest.raises(StorageFullError, match="hết chỗ"):
            for number in range(200):
                office.propose("agency", agency(f"Sở thứ {number} " + "rất dài " * 500))

        assert client.get("/", **BASE).status_code == 200
        event.remove(engine, "connect", limit)
        engine.dispose()
        office.propose("agency", agency("Sở sau khi có chỗ"))


@pytest.mark.parametrize(("fsync", "starts"), [("on", True), ("off", False)])
def test_a_postgresql_that_forces_nothing_to_the_disk_does_not_start(
    office, fsync, starts
):
    server = postgres.Server(f"fsync={fsync}")
    forgetful = with_settings(office.system)
    forgetful.__dict__["database"] = Database(
        server.url().render_as_string(), tables.metadata
    )
    migrations.upgrade(forgetful.database)

    if starts:
        health.require_safe(forgetful)
    else:
        with pytest.raises(SetupError, match="fsync"):
            health.require_safe(forgetful)

    forgetful.database.engine.dispose()
    server.remove()


def test_a_database_that_is_gone_is_503_in_words_and_comes_back(tmp_path):
    server = postgres.Server()
    engine = create_engine(server.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE lost TEMPLATE template0 LOCALE 'C'"))
    engine.dispose()
    system = with_settings(make_system(tmp_path))
    url = server.url().set(database="lost").render_as_string(hide_password=False)
    system.__dict__["database"] = Database(url, tables.metadata)
    migrations.upgrade(system.database)
    client = create_app(system).test_client()
    assert client.get("/", **BASE).status_code == 200

    server.stop()
    gone = client.get("/", **BASE)
    assert gone.status_code == 503
    assert "tạm thời" in gone.text
    assert client.get("/readyz", **BASE).status_code == 503
    assert client.get("/healthz", **BASE).status_code == 200
    with pytest.raises(UnavailableError):
        system.database.probe()
    server.start()

    assert client.get("/", **BASE).status_code == 200
    system.database.engine.dispose()
    server.remove()
