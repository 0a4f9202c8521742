"""No administrator makes somebody who decides, or becomes one, alone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from people import Browser
from sqlalchemy import select

from app import clock
from app.accounts import service as accounts
from app.accounts.models import OneTimeLink, Person
from app.cli import people as commands
from app.errors import InvalidError
from app.factory import create_app
from app.notify.models import Letter, Notice
from app.permissions import Actor, Role
from app.workflow import delegation

NEW = {
    "email": "moi@thu.example",
    "name": "Người Mới",
    "title": "Phê duyệt",
    "role": "approver",
}


@pytest.fixture
def second(office):
    """Hire another administrator; return their browser."""
    with office.system.database.transaction() as session:
        person = accounts.add_person(session, "Quản trị hai", "hai@thu.example")
        post = accounts.add_post(
            session, office.department, "Quản trị", Role.ADMINISTRATOR
        )
        accounts.appoint(session, post, person, clock.today())
        office.actors["second"] = Actor(
            person.id, post.id, Role.ADMINISTRATOR, office.department, signs=True
        )
    return Browser(office, "second")


def held(office, email=NEW["email"]):
    with office.system.database.reading() as session:
        return [
            str(post.role)
            for post in accounts.held_posts(session, clock.today())
            if post.email == email
        ]


def asked(browser, form=NEW):
    answer = browser.post("/quan-tri/nguoi", form)
    assert answer.status_code == 302, answer.text
    return re.search(
        r"/quan-tri/de-nghi/(\d+)/xac-nhan", browser.get("/quan-tri/nguoi").text
    )[1]


def test_one_administrator_alone_is_told_the_command_line(office):
    answer = Browser(office, Role.ADMINISTRATOR).post("/quan-tri/nguoi", NEW)

    assert answer.status_code == 422
    assert "danhmuc user add" in answer.text
    assert held(office) == []


def test_a_strong_post_waits_for_a_second_administrator(office, second):
    first = Browser(office, Role.ADMINISTRATOR)
    number = asked(first)

    assert held(office) == []
    refused = first.post(f"/quan-tri/de-nghi/{number}/xac-nhan", {})
    assert (refused.status_code, held(office)) == (403, [])
    done = second.post(f"/quan-tri/de-nghi/{number}/xac-nhan", {})
    assert (done.status_code, held(office)) == (302, ["approver"])
    # nobody has been shown a password, and without mail the machine gives the link
    assert "danhmuc user link moi@thu.example" in second.get("/quan-tri/nguoi").text
    assert second.post(f"/quan-tri/de-nghi/{number}/xac-nhan", {}).status_code == 404


def test_whoever_gets_it_and_whoever_must_confirm_are_told(office, second):
    office.system.follow()
    form = {**NEW, "email": "reviewer@thu.example"}
    number = asked(Browser(office, Role.ADMINISTRATOR), form)
    office.system.follow()
    second.post(f"/quan-tri/de-nghi/{number}/xac-nhan", {})
    office.system.follow()

    with office.system.database.reading() as session:
        person = accounts.find(session, form["email"])
        told = session.execute(select(Notice.person_id, Notice.subject)).all()
    assert (person.id, "Ông/Bà được giao một vị trí trên danh mục") in told
    waiting = "Chờ quản trị thứ hai xác nhận một vị trí duyệt"
    assert [who for who, subject in told if subject == waiting] == [
        office.actors["second"].person_id
    ]


def test_what_was_asked_for_can_be_given_up(office, second):
    number = asked(Browser(office, Role.ADMINISTRATOR))

    assert second.post(f"/quan-tri/de-nghi/{number}/bo", {}).status_code == 302
    assert "de-nghi" not in second.get("/quan-tri/nguoi").text
    assert held(office) == []


def test_handing_over_a_strong_post_waits_too(office, second):
    post = office.actors[Role.APPROVER].post_id
    form = {"email": "reviewer@thu.example"}
    first = Browser(office, Role.ADMINISTRATOR)

    assert first.post(f"/quan-tri/vi-tri/{post}/giao", form).status_code == 302
    assert held(office, "reviewer@thu.example") == ["reviewer"]


def test_no_administrator_ever_sees_the_password_of_whoever_decides(office):
    mailing = replace(
        office.system.settings, mail_server="mbox:x", mail_from="a@thu.example"
    )
    approver = office.actors[Role.APPROVER].person_id
    address = f"/quan-tri/nguoi/{approver}/mat-khau"

    without = Browser(office, Role.ADMINISTRATOR).post(address, {"sure": "1"})
    assert "app-secret" not in without.text
    office.system.__dict__["settings"] = mailing
    browser = Browser(office, Role.ADMINISTRATOR, create_app(office.system))
    answer = browser.post(address, {"sure": "1"})
    assert (answer.status_code, "app-secret" in answer.text) == (302, False)
    with office.system.database.reading() as session:
        letter = session.scalars(
            select(Letter).where(Letter.person_id == approver)
        ).one()
        assert "/moi/" in letter.text
        assert session.scalars(select(OneTimeLink.person_id)).all() == [approver]


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("approver", "auditor@thu.example"),
        ("auditor", "reviewer@thu.example"),
        ("reviewer", "hai@thu.example"),
    ],
)
def test_posts_that_one_person_may_not_have_both_are_refused(
    office, second, role, other
):
    before = held(office, other)
    form = {**NEW, "email": other, "role": role}
    answer = Browser(office, Role.ADMINISTRATOR).post("/quan-tri/nguoi", form)

    assert answer.status_code == 422
    assert "không kiêm được" in answer.text
    assert held(office, other) == before


def test_posts_that_watch_each_other_are_warned_of(office, second):
    form = {**NEW, "email": "registrar@thu.example", "role": "reviewer"}
    browser = Browser(office, Role.ADMINISTRATOR)

    assert browser.post("/quan-tri/nguoi", form).status_code == 302
    assert "chỉ làm được một bước" in browser.get("/quan-tri/nguoi").text


def test_a_post_is_not_lent_to_who_may_not_have_it(office):
    with (
        pytest.raises(InvalidError, match="không kiêm được"),
        office.system.database.transaction() as session,
    ):
        delegation.delegate(
            session,
            office.actors[Role.APPROVER],
            "auditor@thu.example",
            clock.today(),
            clock.today() + timedelta(days=7),
        )


def test_on_the_command_line_a_strong_post_is_given_and_told_loudly(office, capsys):
    add = commands.add_user.callback.__wrapped__
    add(office.system, NEW["email"], NEW["name"], NEW["title"], "approver", None)

    assert held(office) == ["approver"]
    assert "CHÚ Ý" in capsys.readouterr().err
    with office.system.database.reading() as session:
        person = session.scalars(
            select(Person).where(Person.email == NEW["email"])
        ).one()
        assert person.password_hash is None
