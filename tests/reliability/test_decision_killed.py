"""Freezing, signing and correcting a decision that are killed have done everything or nothing."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import ROOT
from deciding import TODAY, approved, gather
from driver import LONG, served
from people import number_of
from support import authority, made

from app import config, journal
from app.factory import System
from app.operations import audits
from app.permissions import Role
from app.register.models import Entry
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import rectifying
from app.workflow.decisions.rectifying import AsSigned

pytestmark = pytest.mark.slow
DATABASES = 30 if LONG else 6
STEP = 0.01 if LONG else 0.3
LATER = TODAY + timedelta(days=40)
ACT = """
import sys
from datetime import date
from app import clock, config
from app.accounts import service as accounts
from app.factory import System
from app.permissions import Role
from app.workflow.context import Desk
from app.workflow.decisions import queries, rectifying
from app.workflow.decisions import service as decisions
from app.workflow.decisions.signing import Signature
act, email = sys.argv[1:3]
system = System(config.load())
with system.database.transaction() as session:
    actor = accounts.actor(session, email, Role.CLERK, clock.today())
    actor = type(actor)(**{**vars(actor), "signs": True})
    desk = Desk(session, system.profile, actor, system.office)
    found = queries.get(desk, 1)
    today = clock.today()
    print("go", flush=True)
    if act == "freeze":
        decisions.reserve(desk, 1)
        decisions.freeze(desk, 1, found.lock_version, ("a" * 64, "b" * 64))
    elif act == "sign":
        said = Signature("12/QĐ-UBND", today, "Nguyễn Văn A", today, "c" * 64, "UBND", why="Thử")
        decisions.sign(desk, 1, found.lock_version, said)
    else:
        rectifying.confirm(desk, 1, seen=rectifying.pending(desk, found).id)
print("done", flush=True)
"""


@pytest.fixture
def server(tmp_path):
    found = served(tmp_path)
    settings = Path(found.settings)
    said = settings.read_text(encoding="utf-8")
    by_decision = said.replace("promulgate = []", 'promulgate = ["shared-database"]')
    settings.write_text(by_decision, encoding="utf-8")
    found.office.system = System(config.load({config.VARIABLE: found.settings}))
    made.append(found.office.system)
    return found


def test_all_or_nothing_is_frozen_signed_and_corrected_whenever_it_is_killed(server):
    office = server.office
    basis = office.law(**authority())
    with office.system.database.transaction() as session:
        office.actors["second"] = office.hire(
            session, "hai@thu.example", office.department, Role.CLERK
        )
    ones = [approved(office, basis, f"CSDL {number}") for number in range(DATABASES)]
    gather(office, basis, *(number_of(office, one) for one in ones))

    def state():
        """Return what everybody sees of the decision and its databases."""
        with office.desk(Role.CLERK) as desk:
            found = decision_queries.get(desk, 1)
            said = (str(found.step), found.symbol, str(found.effective_from))
        with office.system.database.reading() as session:
            entries = [session.get(Entry, office.entry_of(one)) for one in ones]
            names = tuple(entry.local_id for entry in entries)
        with office.reading() as register:
            views = register.by_ids([office.entry_of(one) for one in ones])
        return (*said, names, sorted(str(view.valid_from) for view in views.values()))

    kills = 0
    kills += _until_done(server, state, "freeze", "clerk@thu.example")
    assert state()[0] == "frozen"
    assert None not in state()[3]
    kills += _until_done(server, state, "sign", "clerk@thu.example")
    assert state()[4] == [str(TODAY)] * DATABASES
    with office.desk(Role.CLERK) as desk:
        said = AsSigned("12/QĐ-UBND", TODAY, LATER, "Nguyễn Văn A", None)
        rectifying.ask(desk, 1, said, "Gõ nhầm")
    kills += _until_done(server, state, "rectify", "hai@thu.example")
    assert state()[4] == [str(LATER)] * DATABASES
    with office.system.database.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None
        profile = office.system.profile
        assert audits.altered_versions(session, profile) == []
        assert audits.altered_entries(session, profile) == []
        assert audits.altered_periods(session) == []
    print(f"killed {kills} times over {DATABASES} databases: all or nothing each time")
    assert kills


def _until_done(server, state, act, email):
    """Kill an act a little later each time, until it is done; return how often it was killed."""
    before, kills, delay = state(), 0, 0.0
    while True:
        _killed_after(server, act, email, delay)
        after = state()
        if after != before:
            return kills
        kills, delay = kills + 1, delay + STEP


def _killed_after(server, act, email, delay):
    environment = {**os.environ, config.VARIABLE: server.settings}
    command = [sys.executable, "-c", ACT, act, email]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"go\n"
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
