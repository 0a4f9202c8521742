"""Killed at any moment, the register loses nothing and leaves nothing half done."""

import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from sqlalchemy import func, select, text
from support import forget, settled, unguarded

from app import journal
from app.operations import audits
from app.register.filters import Filter
from app.register.models import Entry, Period, Version
from app.register.queries import Register
from app.register.standing import moment
from app.search import service as search

pytestmark = pytest.mark.slow


def start(settings, *arguments):
    environment = {**os.environ, "DANHMUC_CONFIG": str(settings)}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def find(system, words):
    with system.database.reading() as session:
        register = Register(session, system.profile, moment(session))
        return [
            v.local_id
            for v in search.search(register, system.index, words, Filter()).items
        ]


@pytest.mark.nightly("kills")
def test_a_follower_killed_again_and_again_catches_up(demo_copy, tmp_path):
    settings = tmp_path / "copy" / "demo.toml"
    for projection in demo_copy.projections:
        projection.clear(demo_copy.database)
    with demo_copy.database.transaction() as session:
        session.execute(text("UPDATE cursor SET seq = 0, holder = NULL"))

    for delay in (0.9, 1.1, 1.3, 1.6):
        follower = start(settings, "-m", "app.cli", "follow")
        time.sleep(delay)
        follower.send_signal(signal.SIGKILL)
        follower.wait()
    with demo_copy.database.transaction() as session:
        session.execute(text("UPDATE cursor SET holder = NULL"))
    fresh = type(demo_copy)(demo_copy.settings)
    fresh.follow()

    with fresh.database.reading() as session:
        assert fresh.search_projection.missing(session) == []
        assert fresh.rdf_projection.missing(session) == []
    fresh.database.engine.dispose()


def test_an_index_deleted_and_rebuilt_gives_the_same_answers(demo_copy):
    queries = ("đất đai", "dat dai", "so nong nghiep", "H19", "bảo hiểm")
    before = [find(demo_copy, q) for q in queries]

    demo_copy.index.clear()
    assert find(demo_copy, "dat dai") == []
    with demo_copy.database.reading() as session:
        held = session.scalar(select(func.count()).where(Entry.local_id.is_not(None)))
        assert len(demo_copy.search_projection.missing(session)) == held > 0
    journal.rebuild(demo_copy.database, demo_copy.search_projection)

    assert [find(demo_copy, q) for q in queries] == before


@pytest.mark.nightly("kills")
def test_a_load_killed_in_the_middle_goes_on_and_ends_the_same(tmp_path, demo):
    settings = settled(
        tmp_path, (ROOT / "fixtures" / "demo.toml").read_text(encoding="utf-8")
    )
    code = (
        "from app import config;from app.factory import System;from fixtures.load import Demo;"
        "s=System(config.load());s.migrate();[None for _ in Demo(s).load()]"
    )
    for delay in (2.0, 3.0):
        loader = start(settings, "-c", code)
        time.sleep(delay)
        loader.send_signal(signal.SIGKILL)
        loader.wait()
    last = start(settings, "-c", code)
    assert last.wait(timeout=300) == 0

    from app import config
    from app.factory import System

    system = System(config.load({config.VARIABLE: str(settings)}))

    def counts(of):
        with of.database.reading() as session:
            assert journal.verify(journal.rows(session))[1] is None
            return session.scalar(select(func.count(Entry.id))), session.scalar(
                select(func.count(Period.id))
            )

    assert counts(system) == counts(demo)
    forget(system)


def test_check_names_what_drifted(demo_copy):
    with demo_copy.database.transaction() as session:
        session.execute(
            text(
                "DELETE FROM representation WHERE entry_id = (SELECT id FROM entry WHERE local_id = 'CSDL-0062')"
            )
        )
        for version in unguarded(session).scalars(
            select(Version).where(Version.title == "Cơ sở dữ liệu đất đai")
        ):
            version.content = {**version.content, "source": "Khác"}

    with demo_copy.database.reading() as session:
        assert "CSDL-0062" in demo_copy.rdf_projection.missing(session)
        assert len(audits.altered_versions(session, demo_copy.profile)) == 3
