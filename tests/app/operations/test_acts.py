"""Whoever watches over what is done reads it by person, day, act and thing, in words."""

import csv
import io
import re

import pytest
from conftest import ROOT
from people import Browser
from support import database

from app import clock
from app.operations import acts
from app.operations.acts import ActFilter
from app.permissions import Action, Role
from app.web.display import wording


def found(office, **asked):
    with office.system.database.reading() as session:
        return acts.page(session, ActFilter(**asked), None, 500)[0]


@pytest.fixture
def worked(office):
    office.entry = office.land()
    office.waiting = office.propose(
        "shared-database",
        database(
            str(office.department), str(office.law("2/2026/QĐ-UBND")), title="CSDL rừng"
        ),
    )
    office.act(office.waiting, Action.SUBMIT, Role.REGISTRAR)
    return office


def test_acts_are_found_by_person_day_act_and_thing(worked):
    local_id = worked.get(worked.entry).local_id
    by_person = found(worked, person="reviewer@thu.example")
    assert by_person
    assert {act.email for act in by_person} == {"reviewer@thu.example"}
    assert found(worked, person="Người reviewer") == by_person
    assert {act.entry for act in found(worked, thing=local_id.lower())} == {local_id}
    assert {act.action for act in found(worked, action="proposal.submit")} == {
        "proposal.submit"
    }
    number = found(worked, action="proposal.submit")[0].proposal
    assert {act.proposal for act in found(worked, thing=str(number))} == {number}
    today = clock.today()
    assert len(found(worked, first=today, last=today)) == len(found(worked))
    assert found(worked, last=today.replace(year=today.year - 1)) == []


def test_pages_go_on_where_the_last_one_ended(worked):
    with worked.system.database.reading() as session:
        whole = [act.seq for act in acts.page(session, ActFilter(), None, 500)[0]]
        seen, before = [], None
        while True:
            part, before = acts.page(session, ActFilter(), before, 7)
            seen += [act.seq for act in part]
            if before is None:
                break
    assert seen == whole == sorted(whole, reverse=True)


def test_the_auditor_alone_reads_it_as_a_page_and_as_a_file(worked):
    auditor = Browser(worked, Role.AUDITOR)
    page = auditor.get("/nhat-ky?nguoi=reviewer@thu.example").text
    assert "Người reviewer – reviewer" in page
    assert "Tiếp nhận" in page
    assert "proposal.take" not in re.sub('value="[^"]*"', "", page)
    file = auditor.get("/nhat-ky.csv?viec=proposal.take").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert {row["Việc"] for row in rows} == {"Tiếp nhận"}
    assert {row["Thư điện tử"] for row in rows} == {"reviewer@thu.example"}
    for who in (Role.REVIEWER, Role.ADMINISTRATOR, Role.REGISTRAR):
        assert Browser(worked, who).get("/nhat-ky").status_code == 403
    for wrong in ("tu=40/13/2026", "den=31/12/9999", "tu=01/01/0001"):
        assert auditor.get(f"/nhat-ky?{wrong}").status_code == 400
    assert auditor.get("/nhat-ky?muc=99999999999999999999").status_code == 200


def test_everything_that_is_journalled_has_a_name_for_people():
    written = set()
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        written |= set(
            re.findall(
                r'(?:Note\(|note\(|_journal\(\s*\w+,)\s*"([a-z]+\.[a-z-]+)"', text
            )
        )
    assert len(written) > 15
    named = {action: wording.journal_named(action) for action in written}
    assert {action for action, words in named.items() if words == action} == set()
