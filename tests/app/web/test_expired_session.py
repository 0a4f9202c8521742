"""A session that ended in the middle of work: the log-in comes on the page, and what was sent is done then, by the same person alone."""

import re
from datetime import UTC, datetime

import pytest
from people import (
    PASSWORD,
    Visitor,
    act,
    content_of,
    draft,
    form_fields,
    recovery_code,
    status_of,
)

from app import clock
from app.accounts import factors
from app.accounts.models import Person
from app.accounts.passwords import set_password
from app.permissions import Action, Role

BEFORE = datetime(2026, 11, 24, 8, tzinfo=UTC)
AFTER = datetime(2026, 11, 24, 9, tzinfo=UTC)


def mail(role):
    return f"{role}@thu.example"


@pytest.fixture
def office(office):
    with office.system.database.transaction() as session:
        for role in (Role.REGISTRAR, Role.REVIEWER, Role.APPROVER):
            person = session.get_one(Person, office.actors[role].person_id)
            set_password(session, person, PASSWORD)
        factors.set_up(session, office.actors[Role.APPROVER].person_id)
    return office


def sent(visitor, path, page, **typed):
    """Send a page's form as the browser has it."""
    fields = {**form_fields(page), **typed}
    return visitor.client.post(
        path,
        data=fields,
        base_url="https://danhmuc.example",
        headers={"Referer": "https://danhmuc.example/"},
    )


def log_in_on(visitor, page, email, at="/dang-nhap", **typed):
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]
    waiting = re.search(r'name="parked"\s+value="([^"]+)"', page)[1]
    data = {"csrf_token": token, "parked": waiting, "email": email, **typed}
    return visitor.client.post(
        at,
        data=data,
        base_url="https://danhmuc.example",
        headers={"Referer": "https://danhmuc.example/"},
    )


@pytest.fixture
def expired(office):
    """A registrar with a section open whose session has ended since."""
    number = draft(office)
    visitor = Visitor(office)
    with clock.frozen(BEFORE):
        visitor.log_in(mail(Role.REGISTRAR))
        page = visitor.get(f"/phieu/{number}/phan/general").text
    return number, visitor, page


def test_what_was_sent_is_done_once_the_same_person_has_logged_in(office, expired):
    number, visitor, page = expired
    path = f"/phieu/{number}/phan/general"
    with clock.frozen(AFTER):
        asked = sent(visitor, path, page, **{"scope.vi": "Gõ khi phiên\n đã hết"})
        assert asked.status_code == 401
        assert "Phiên làm việc đã hết" in asked.text
        assert content_of(office, number)["scope"]["vi"] != "Gõ khi phiên\n đã hết"
        told = log_in_on(
            visitor, asked.text, mail(Role.REGISTRAR), password=PASSWORD
        ).text
        again = re.search(r"<form[^>]*data-resume.*?</form>", told, re.DOTALL)[0]
        assert f'action="{path}"' in again
        fields = dict(
            re.findall(
                r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', again, re.DOTALL
            )
        )
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', again)[1]
        done = visitor.client.post(
            path,
            data={**fields, "csrf_token": token},
            base_url="https://danhmuc.example",
            headers={"Referer": "https://danhmuc.example/"},
        )
    assert done.status_code == 302
    assert content_of(office, number)["scope"]["vi"].startswith("Gõ khi phiên")


def test_the_second_factor_comes_before_what_waited(office):
    number = draft(office)
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        act(office, number, action, who)
    visitor, email = Visitor(office), mail(Role.APPROVER)
    first = recovery_code(office.system, email)
    with clock.frozen(BEFORE):
        visitor.log_in(email)
        visitor.post("/dang-nhap/ma", {"one_time_code": first}, "/dang-nhap/ma")
        page = visitor.get(f"/phieu/{number}").text
    with clock.frozen(AFTER):
        path = f"/phieu/{number}/viec/approve"
        asked = sent(visitor, path, page, sure="1").text
        code = log_in_on(visitor, asked, email, password=PASSWORD)
        assert code.status_code == 401
        assert 'name="one_time_code"' in code.text
        assert status_of(office, number) == "recommended"
        told = log_in_on(
            visitor,
            code.text,
            email,
            "/dang-nhap/ma",
            one_time_code=recovery_code(office.system, email),
        ).text
    assert f'action="{path}" method="post" data-resume' in told


def test_another_person_is_shown_the_text_and_nothing_is_done(office, expired):
    number, visitor, page = expired
    with clock.frozen(AFTER):
        asked = sent(
            visitor, f"/phieu/{number}/phan/general", page, **{"scope.vi": "Của tôi"}
        )
        told = log_in_on(
            visitor, asked.text, mail(Role.REVIEWER), password=PASSWORD
        ).text
    assert "không có gì được thực hiện" in told
    assert "Của tôi" in told
    assert "data-resume" not in told
    assert content_of(office, number)["scope"]["vi"] != "Của tôi"


def test_a_wrong_password_keeps_what_waits(expired):
    number, visitor, page = expired
    with clock.frozen(AFTER):
        asked = sent(visitor, f"/phieu/{number}/phan/general", page)
        wrong = {"password": "sai"}
        again = log_in_on(visitor, asked.text, mail(Role.REGISTRAR), **wrong).text
        assert 'name="parked"' in again
        told = log_in_on(visitor, again, mail(Role.REGISTRAR), password=PASSWORD).text
    assert "data-resume" in told


def test_what_no_page_of_ours_sent_waits_for_nobody(office, expired):
    number, visitor, page = expired
    with clock.frozen(AFTER):
        forged = sent(
            visitor,
            f"/phieu/{number}/phan/general",
            page,
            csrf_token="gia-mao",  # noqa: S106
        )
        assert forged.status_code == 401
        assert 'name="parked"' not in forged.text
        stranger = Visitor(office)
        asked = stranger.post(f"/phieu/{number}/phan/general", {"scope.vi": "x"})
    assert 'name="parked"' not in asked.text


def test_what_was_changed_on_the_way_is_not_done(expired):
    number, visitor, page = expired
    with clock.frozen(AFTER):
        asked = sent(visitor, f"/phieu/{number}/phan/general", page).text
        bent = re.sub(r'name="parked"\s+value="(.)', r'name="parked" value="x\1', asked)
        answer = log_in_on(visitor, bent, mail(Role.REGISTRAR), password=PASSWORD)
    assert answer.status_code == 302
    assert "data-resume" not in answer.text


def test_a_background_save_is_only_told(expired):
    number, visitor, page = expired
    with clock.frozen(AFTER):
        answer = visitor.client.post(
            f"/phieu/{number}/phan/general",
            data=form_fields(page),
            base_url="https://danhmuc.example",
            headers={"Referer": "https://danhmuc.example/", "HX-Request": "true"},
        )
    assert answer.status_code == 401
    assert 'name="parked"' not in answer.text
