"""What owners say, what runs and what the warehouse holds is recorded whole or not at all, whenever it is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
import sharing
from conftest import ROOT
from driver import LONG, served
from sqlalchemy import func, select

from app import config, journal
from app.exchange.cases.models import CaseStep
from app.exchange.models import DataStatement, TrafficFigure, WarehouseLoad
from app.operations import audits

pytestmark = pytest.mark.slow
STEP = 0.01 if LONG else 0.5
ROWS = 2_000 if LONG else 150
CASES = 20
TABLES = {
    "state": DataStatement,
    "traffic": TrafficFigure,
    "warehouse": WarehouseLoad,
    "case": CaseStep,
}
ACT = """
import sys
from datetime import timedelta
from app import clock, config
from app.accounts import service as accounts
from app.exchange import statements, traffic, warehouse
from app.factory import System
from app.permissions import Role
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
sys.path.append("tests")
import casework, measured
act, value, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
role = Role.REGISTRAR if act == "state" else Role.REVIEWER
system = System(config.load())
with system.database.transaction() as session:
    actor = accounts.actor(session, f"{role}@thu.example", role, clock.today())
    desk = Desk(session, system.profile, actor, system.office)
    register = Register(session, system.profile, moment(session))
    land = register.get("shared-database", "CSDL-0001")
    line = register.get("connection", "QHKN-0001")
    print("go", flush=True)
    if act == "state":
        day = clock.today() - timedelta(days=9 - value)
        statements.say_current(desk, land, day)
    elif act == "traffic":
        traffic.record(desk, register, measured.figures(line.id, rows, value))
    elif act == "case":
        casework.several(desk, rows, value)
    else:
        warehouse.record(desk, register, measured.loads(land.id, rows, value))
print("done", flush=True)
"""


def test_measurements_are_there_whole_or_not_at_all_whenever_recording_is_killed(
    tmp_path,
):
    server = served(tmp_path)
    office = server.office
    office.land()
    line = sharing.connection(
        "Một – Hai", office.department, source=office.department, target=office.other
    )
    office.enter("connection", line)
    kills = 0

    for act, table in TABLES.items():
        whole = 1 if act == "state" else ROWS
        if act == "case":  # each is opened and sent
            whole = 2 * CASES
        for value in (1, 2):  # what is new, then what corrects it
            kills += _until_done(server, act, value, table, whole * value)

    assert kills
    with office.system.database.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None
        answers = audits.differences(
            session, office.system.profile, office.system.settings.data_dir
        )
    assert {name: wrong for name, wrong in answers.items() if wrong} == {}
    print(f"killed {kills} times over {ROWS} rows: all or nothing each time")


def _until_done(server, act, value, table, whole):
    """Kill an act a little later each time, until it is done; return how often it was killed."""
    kills, delay = 0, 0.0
    before = _count(server, table)
    while True:
        _killed_after(server, act, value, delay)
        found = _count(server, table)
        assert found in (before, whole), (act, value, found)
        if found == whole:
            return kills
        kills, delay = kills + 1, delay + STEP


def _count(server, table):
    with server.office.system.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def _killed_after(server, act, value, delay):
    environment = {**os.environ, config.VARIABLE: server.settings}
    rows = CASES if act == "case" else ROWS
    command = [sys.executable, "-c", ACT, act, str(value), str(rows)]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"go\n"
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
