"""Faults that were found by reading, each held down by the scenario that showed it."""

import os
import subprocess
import sys
import threading
from datetime import date

import pytest
from conftest import ROOT
from support import agency, code, database

from app import clock, journal
from app.errors import ConflictError, InvalidError, NotFoundError
from app.permissions import Action, Role
from app.rdf.publishing import dumps
from app.register import service as register
from app.register import tree
from app.register.service import Order
from app.register.standing import State
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import Remark
from app.workflow.proposals.models import ProposalType


def test_suspending_keeps_the_content_that_is_in_force_whatever_was_sent(office):
    land = office.land()
    before = office.get(land)

    office.enter(
        "shared-database",
        {"title": {"vi": "Khác"}},
        type=ProposalType.SUSPEND,
        entry_id=land,
    )

    after = office.get(land)
    assert after.state is State.SUSPENDED
    assert after.content == before.content


def test_a_proposal_that_ends_before_it_begins_is_refused(office):
    with pytest.raises(InvalidError, match="sau ngày bắt đầu"):
        office.propose(
            "agency",
            agency("Sở"),
            effective_from=date(2024, 1, 1),
            effective_to=date(2022, 1, 1),
        )


def test_an_amendment_does_not_undo_an_end_that_was_decided(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    office.enter(
        "agency",
        agency("Sở A"),
        type=ProposalType.END,
        entry_id=entry,
        effective_from=date(2099, 1, 1),
    )

    office.enter("agency", agency("Sở B"), type=ProposalType.AMEND, entry_id=entry)

    assert office.get(entry, as_of=date(2098, 1, 1)).title == "Sở B"
    assert office.get(entry, as_of=date(2100, 1, 1)).state is State.ENDED


def test_a_stale_amendment_does_not_revive_what_has_ended(office):
    entry = office.enter("agency", agency("Sở A"), effective_from=date(2020, 1, 1))
    stale = office.propose(
        "agency", agency("Sở B"), type=ProposalType.AMEND, entry_id=entry
    )
    office.enter(
        "agency",
        agency("Sở A"),
        type=ProposalType.END,
        entry_id=entry,
        effective_from=date(2021, 1, 1),
    )
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        office.act(stale, action, who)

    with pytest.raises(ConflictError, match="hết hiệu lực"):
        office.act(stale, Action.APPROVE, Role.APPROVER)


def test_the_value_of_a_code_that_was_entered_never_changes(office):
    entry = office.enter("identifier-code", code("Y98"))

    with pytest.raises(InvalidError) as refused:
        office.enter(
            "identifier-code", code("Y97"), type=ProposalType.AMEND, entry_id=entry
        )

    assert "không đổi giá trị" in refused.value.fields[0].message


def test_numbers_of_two_schemes_may_be_alike(office):
    office.enter("identifier-code", code("0100", scheme="MST"))

    assert (
        office.get(
            office.enter("identifier-code", code("0100", scheme="QHNS"))
        ).local_id
        == "QHNS-0100"
    )


def test_an_entry_of_the_wrong_kind_is_refused_even_where_another_field_may_name_it(
    office,
):
    content = database(str(office.department), str(office.department))

    with pytest.raises(InvalidError) as refused:
        office.enter("shared-database", content)

    assert "legal_basis" in {e.field for e in refused.value.fields}


def test_what_is_entered_is_not_registered_again_and_what_is_not_is_not_amended(office):
    entry = office.enter("agency", agency("Sở A"))
    with pytest.raises(InvalidError, match="sửa đổi"):
        office.propose("agency", agency("Sở X"), who="elsewhere", entry_id=entry)

    draft = office.propose("agency", agency("Sở Nháp"))
    with office.desk() as desk:
        never = proposals.get(desk, draft).entry_id
    for kind in (ProposalType.END, ProposalType.AMEND, ProposalType.SUSPEND):
        with pytest.raises(NotFoundError):
            office.propose("agency", agency("Sở Nháp"), type=kind, entry_id=never)


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85", "\x1c", "\x0b"])
def test_strange_line_ends_break_no_catalogue(office, char):
    office.land(description={"vi": f"a{char}b{char}c"})
    client = office.client()

    for extension in ("ttl", "nt", "rdf", "jsonld"):
        assert client.get(f"/catalog.{extension}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?endpoint=x&_anchor=a&_method=POST&_scheme=x&_external=1&word=y", 200),
        ("/doc/co-quan/CQ-0001?word=x&name=y&_external=1", 200),
        ("/tim-kiem?endpoint=x&_scheme=ftp&kind=agency&q=so", 200),
        ("/nope?endpoint=x&_scheme=x", 404),
        ('/tim-kiem?q=theme:""', 400),
        ("/tim-kiem?q=!!!", 400),
        ("/catalog.ttl?as_of=9999-12-31", 400),
        ("/catalog.ttl?as_of=0001-01-01", 200),
        ("/api/v1/entries?as_of=9999-12-31", 400),
        ("/tim-kiem?" + "theme=ENVI&" * 21, 400),
        ("/%00", 404),
        ("/doc/%ff/%fe", 404),
    ],
)
def test_odd_requests_get_a_page_or_a_clear_refusal(office, path, status):
    answer = office.client().get(path)

    assert answer.status_code == status
    assert "localhost" not in answer.get_data(as_text=True)


def test_threads_that_export_at_once_get_whole_bytes(office):
    office.land()
    results, errors = [], []

    def export(extension):
        try:
            with office.reading() as found:
                kept = dumps.dump(found, office.system.settings, extension)
                results.append((extension, kept.path.read_bytes()))
        except OSError as error:
            errors.append(error)

    threads = [
        threading.Thread(target=export, args=(e,))
        for e in ("ttl", "nt", "rdf", "jsonld") * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(set(results)) == 4


def test_a_withdrawal_is_news_to_whoever_asks_by_date(office):
    land = office.land(effective_from=date(2026, 1, 1))
    client = office.client()
    had = client.get("/catalog.ttl").headers["Last-Modified"]
    later = clock.now().replace(microsecond=0) + clock.timedelta(seconds=5)

    with clock.frozen(later):
        office.enter(
            "shared-database",
            {},
            type=ProposalType.END,
            entry_id=land,
            effective_from=clock.today(),
        )

    assert (
        client.get("/catalog.ttl", headers={"If-Modified-Since": had}).status_code
        == 200
    )


def test_who_decided_is_named_only_once_it_is_entered_itself(tmp_path):
    from support import Office, make_system

    office = Office(make_system(tmp_path)).open()
    first = office.get(office.department)

    assert first.decided_by_id is None
    assert office.get(office.other).decided_by_id == office.department


def test_agencies_that_name_each_other_as_parents_are_all_shown(office):
    one = office.enter("agency", agency("Sở Một"))
    two = office.enter("agency", agency("Sở Hai", parent=str(one)))
    # which the checks refuse by now
    circle = Order(one, agency("Sở Một", parent=str(two)))
    with office.system.database.transaction() as session:
        register.enter(session, office.system.profile, circle)

    def names(branches):
        return {name for b in branches for name in (b.agency.title, *names(b.below))}

    with office.reading() as found:
        assert {"Sở Một", "Sở Hai"} <= names(tree.agencies(found))


def test_a_follower_gives_its_right_back(office):
    journal.lease(office.system.database, "follower", "a", 300)
    journal.release(office.system.database, "follower", "b")
    assert not journal.lease(office.system.database, "follower", "b", 300)

    journal.release(office.system.database, "follower", "a")

    assert journal.lease(office.system.database, "follower", "b", 300)


@pytest.mark.parametrize(
    ("field", "message"), [("nonsense", "x"), ("name", "  "), ("", "")]
)
def test_a_finding_names_a_field_and_says_something(office, field, message):
    proposal = office.propose("agency", agency("Sở"))
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal, Action.TAKE, Role.REVIEWER)

    with pytest.raises(InvalidError, match="tên một trường"):
        office.act(
            proposal, Action.FIND, Role.REVIEWER, remarks=(Remark(field, message),)
        )


def test_a_finding_may_point_into_a_repeated_group(office):
    land = office.propose(
        "shared-database", database(str(office.department), str(office.law()))
    )
    office.act(land, Action.SUBMIT, Role.REGISTRAR)
    office.act(land, Action.TAKE, Role.REVIEWER)

    office.act(
        land,
        Action.FIND,
        Role.REVIEWER,
        remarks=(Remark("data_items.0.name", "Ghi rõ"),),
    )


@pytest.mark.parametrize(
    "accept",
    [
        'application/ld+json;profile="x"',
        'application/ld+json;profile="x";q=0.9, image/png',
    ],
)
def test_a_profile_parameter_is_no_hindrance(office, accept):
    client = office.client()

    assert (
        client.get("/catalog", headers={"Accept": accept}).mimetype
        == "application/ld+json"
    )
    assert client.get("/catalog", headers={"Accept": "image/png"}).vary.as_set() >= {
        "accept"
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "9" * 25, "--as", "registrar@vi-du.example"],
        ["export", "ttl", "--output", "/nonexistent/x"],
        ["propose", "/nonexistent", "--kind", "agency", "--as", "x@y.vn"],
        ["export", "ttl", "--as-of", "9999-12-31"],
        [
            "user",
            "add",
            "x",
            "--name",
            "x",
            "--title",
            "x",
            "--role",
            "clerk",
            "--agency",
            "CQ-0001",
        ],
    ],
)
def test_the_command_line_refuses_in_a_sentence(demo_folder, arguments):
    ran = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env={**os.environ, "DANHMUC_CONFIG": str(demo_folder / "demo.toml")},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert ran.returncode != 0
    assert ran.stderr
    assert "Traceback" not in ran.stderr


def test_settings_that_are_no_toml_are_refused_in_a_sentence(tmp_path):
    from app import config
    from app.errors import SetupError

    (tmp_path / "x.toml").write_text("root:x:0:0")

    with pytest.raises(SetupError, match="TOML"):
        config.load({config.VARIABLE: str(tmp_path / "x.toml")})
