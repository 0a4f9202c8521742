"""The second factor at the door and before signing; invitations; what a log-in that is not complete may do."""

import re
import threading
import time
from datetime import timedelta

import pytest
from people import Browser, Visitor, key_of
from support import PATH, Office, database, make_system

from app import clock
from app.accounts import factors, links, passwords, service, sessions, tries
from app.accounts.models import ApiToken, OneTimeLink
from app.errors import ConflictError, NotFoundError, SecondFactorError, ThrottledError
from app.permissions import Role
from app.workflow.proposals import queries as proposals

SECRET = "mot cau de nho ma dai"
APPROVER = "approver@thu.example"


def ready(office, email=APPROVER, *, enrolled=True, must_change=False):
    """Give a person a password and, where wanted, an authenticator; return their id."""
    with office.system.database.transaction() as session:
        person = service.find(session, email)
        passwords.set_password(session, person, SECRET, must_change=must_change)
        if enrolled:
            factors.set_up(session, person.id)
        return person.id


def code_of(office, person_id):
    with office.system.database.reading() as session:
        return factors.showing(session, person_id, office.system.key)


def test_an_approver_gets_in_with_password_and_code_and_a_new_secret(office):
    person = ready(office)
    visitor = Visitor(office)

    assert visitor.log_in(APPROVER).status_code == 302
    before = visitor.secret
    assert visitor.get("/viec-cua-toi").headers["Location"].startswith("/dang-nhap/ma")
    assert (
        visitor.post(
            "/dang-nhap/ma", {"one_time_code": "000000"}, "/dang-nhap/ma"
        ).status_code
        == 403
    )
    done = visitor.post(
        "/dang-nhap/ma", {"one_time_code": code_of(office, person)}, "/dang-nhap/ma"
    )

    assert done.status_code == 302
    assert visitor.secret != before
    assert visitor.get("/viec-cua-toi").status_code == 200
    with office.system.database.reading() as session:
        assert sessions.resume(session, before, office.system.settings) is None


def test_a_log_in_without_the_code_opens_nothing(office):
    ready(office)
    visitor = Visitor(office)
    visitor.log_in(APPROVER)

    assert visitor.get("/tham-dinh").headers["Location"].startswith("/dang-nhap/ma")
    assert visitor.get("/tai-khoan").headers["Location"].startswith("/dang-nhap/ma")
    assert (
        visitor.post(
            "/tai-khoan/khoa", {"name": "x", "days": "9", "scopes": "read"}, "/"
        ).status_code
        == 401
    )
    assert visitor.post("/phien/gia-han", {}, "/").status_code == 401


def test_an_approver_without_an_authenticator_sets_one_up_before_anything_else(office):
    ready(office, enrolled=False)
    visitor = Visitor(office)
    visitor.log_in(APPROVER)

    assert (
        visitor.get("/viec-cua-toi")
        .headers["Location"]
        .startswith("/dang-nhap/ung-dung")
    )
    page = visitor.get("/dang-nhap/ung-dung").text
    assert "<svg" in page
    assert (
        visitor.post(
            "/dang-nhap/ung-dung", {"new_code": "123"}, "/dang-nhap/ung-dung"
        ).status_code
        == 422
    )
    secret = re.search(r"app-secret\">([A-Z2-7]{32})<", page)[1]
    import pyotp

    done = visitor.post(
        "/dang-nhap/ung-dung",
        {"new_code": pyotp.TOTP(secret).now()},
        "/dang-nhap/ung-dung",
    )

    codes = re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", done.text)
    assert len(set(codes)) == 10
    assert visitor.get("/viec-cua-toi").status_code == 200
    again = Visitor(office)
    again.log_in(APPROVER)
    assert (
        again.post(
            "/dang-nhap/ma", {"one_time_code": codes[0]}, "/dang-nhap/ma"
        ).status_code
        == 302
    )
    third = Visitor(office)
    third.log_in(APPROVER)
    # used up
    assert (
        third.post(
            "/dang-nhap/ma", {"one_time_code": codes[0]}, "/dang-nhap/ma"
        ).status_code
        == 403
    )


def test_no_code_is_taken_twice_and_an_old_one_never(office):
    person = ready(office)
    code = code_of(office, person)

    def accepted(text):
        with office.system.database.transaction() as session:
            return factors.accept(session, person, text, office.system.key)

    assert accepted(code)
    assert not accepted(code)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert not accepted(code)
        fresh = code_of(office, person)
        assert accepted(f" {fresh[:3]} {fresh[3:]} ")


def test_five_wrong_codes_stop_whoever_knows_the_password(office):
    person = ready(office)
    visitor = Visitor(office)
    visitor.log_in(APPROVER)
    for _ in range(5):
        visitor.post("/dang-nhap/ma", {"one_time_code": "000000"}, "/dang-nhap/ma")

    answer = visitor.post(
        "/dang-nhap/ma", {"one_time_code": code_of(office, person)}, "/dang-nhap/ma"
    )
    assert answer.status_code == 429


def test_a_given_password_is_changed_before_anything_else(office):
    ready(office, "registrar@thu.example", enrolled=False, must_change=True)
    visitor = Visitor(office)
    visitor.log_in("registrar@thu.example")

    assert (
        visitor.get("/viec-cua-toi")
        .headers["Location"]
        .startswith("/dang-nhap/mat-khau")
    )
    assert (
        visitor.post(
            "/dang-nhap/mat-khau", {"password": SECRET}, "/dang-nhap/mat-khau"
        ).status_code
        == 422
    )
    assert (
        visitor.post(
            "/dang-nhap/mat-khau", {"password": "ngan"}, "/dang-nhap/mat-khau"
        ).status_code
        == 422
    )
    own = {"password": "mot cau khac chi minh biet"}
    assert (
        visitor.post("/dang-nhap/mat-khau", own, "/dang-nhap/mat-khau").status_code
        == 302
    )
    assert visitor.get("/viec-cua-toi").status_code == 200


@pytest.fixture
def recommended(office):
    """A proposal that waits for a decision."""
    content = database(str(office.department), str(office.law()))
    proposal = office.propose("shared-database", content)
    for action, who in PATH[:-1]:
        office.act(proposal, action, who)
    with office.desk(Role.APPROVER) as desk:
        found = proposals.get(desk, proposal)
        return found.number, {
            "lock": found.lock_version,
            "seen": found.content_hash,
            "sure": "1",
        }


def asked_again(office, browser):
    """Let the signing session of a browser run out."""
    with office.system.database.transaction() as session:
        secret = browser.client.get_cookie(
            "__Host-danhmuc", domain="danhmuc.example"
        ).value
        sessions.row_of(session, secret).signing_until = clock.now()


def status(office, number):
    with office.desk(Role.REVIEWER) as desk:
        return str(proposals.by_number(desk, number).status)


def test_approving_asks_for_the_code_and_keeps_what_was_typed(office, recommended):
    number, form = recommended
    browser = Browser(office, Role.APPROVER)
    asked_again(office, browser)

    asked = browser.post(f"/phieu/{number}/viec/approve", {**form, "other_remark": ""})
    assert asked.status_code == 403
    assert "Xác nhận bằng mã xác thực" in asked.text
    assert f'name="seen" value="{form["seen"]}"' in asked.text
    assert status(office, number) == "recommended"
    wrong = browser.post(
        f"/phieu/{number}/viec/approve", {**form, "one_time_code": "000000"}
    )
    assert (wrong.status_code, status(office, number)) == (403, "recommended")
    code = code_of(office, office.actors[Role.APPROVER].person_id)
    done = browser.post(
        f"/phieu/{number}/viec/approve", {**form, "one_time_code": code}
    )

    assert (done.status_code, status(office, number)) == (302, "entered")
    assert "one_time_code" not in browser.get("/viec-cua-toi").text


def test_the_code_is_asked_for_once_in_a_signing_session(office, recommended):
    number, form = recommended
    browser = Browser(office, Role.APPROVER)
    asked_again(office, browser)
    code = code_of(office, office.actors[Role.APPROVER].person_id)
    browser.post("/tai-khoan/ma-du-phong", {"one_time_code": code})

    assert browser.post(f"/phieu/{number}/viec/approve", form).status_code == 302


def test_roles_are_changed_only_with_the_code(office):
    browser = Browser(office, Role.ADMINISTRATOR)
    asked_again(office, browser)
    new = {
        "email": "moi@thu.example",
        "name": "Người mới",
        "title": "Đầu mối",
        "role": "registrar",
    }

    assert browser.post("/quan-tri/nguoi", new).status_code == 403
    with office.system.database.reading() as session:
        assert service.find(session, "moi@thu.example") is None
    code = code_of(office, office.actors[Role.ADMINISTRATOR].person_id)
    assert (
        browser.post("/quan-tri/nguoi", {**new, "one_time_code": code}).status_code
        == 200
    )
    with office.system.database.reading() as session:
        assert service.find(session, "moi@thu.example").must_change


def test_a_key_signs_only_with_a_code(office, recommended):
    number, form = recommended
    person = office.actors[Role.APPROVER].person_id
    with office.system.database.transaction() as session:
        factors.set_up(session, person)
    key = key_of(office, Role.APPROVER)
    with office.system.database.transaction() as session:
        session.query(ApiToken).one().signing_until = None
    client, path = office.client(), f"/api/v1/proposals/{number}/actions/approve"

    def approve(**more):
        headers = {
            "Authorization": f"Bearer {key}",
            "If-Match": f'"{form["lock"]}"',
            **more,
        }
        return client.post(path, json={"seen_hash": form["seen"]}, headers=headers)

    refused = approve()
    assert (refused.status_code, refused.json["type"]) == (
        403,
        "urn:danhmuc:problem:second-factor",
    )
    assert approve(**{"One-Time-Code": "000000"}).status_code == 403
    assert approve(**{"One-Time-Code": code_of(office, person)}).status_code == 200
    assert status(office, number) == "entered"


def test_another_key_is_no_other_try(office, recommended):
    """Wrong codes count for the person, who can make as many keys as they like."""
    number, form = recommended
    person = office.actors[Role.APPROVER].person_id
    with office.system.database.transaction() as session:
        factors.set_up(session, person)
    client, path = office.client(), f"/api/v1/proposals/{number}/actions/approve"

    def approve(code):
        key = key_of(office, Role.APPROVER)
        with office.system.database.transaction() as session:
            session.query(ApiToken).update({"signing_until": None})
        headers = {
            "Authorization": f"Bearer {key}",
            "If-Match": f'"{form["lock"]}"',
            "One-Time-Code": code,
        }
        answer = client.post(path, json={"seen_hash": form["seen"]}, headers=headers)
        return answer.status_code

    assert [approve("000000") for _ in range(5)] == [403] * 5
    assert approve(code_of(office, person)) == 429


def test_codes_that_are_tried_at_once_are_no_more_than_one_after_another(office):
    """Each is counted before it is looked at."""
    looked, refused = [], []

    def wrong():
        looked.append(1)
        raise SecondFactorError("sai")

    def attempt():
        try:
            with tries.counted(office.system.database, APPROVER, "10.0.0.1"):
                wrong()
        except SecondFactorError:
            pass
        except ThrottledError as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(looked) == tries.MOST_PER_PAIR
    assert len(refused) == 15 - tries.MOST_PER_PAIR


def test_a_try_that_was_not_wrong_is_not_counted(office):
    for _ in range(2 * tries.MOST_PER_PAIR):
        with tries.counted(office.system.database, APPROVER, "10.0.0.1"):
            pass
        with (
            pytest.raises(ConflictError),
            tries.counted(office.system.database, APPROVER, "10.0.0.1"),
        ):
            raise ConflictError("khác")


def test_an_invitation_is_good_once_and_for_a_day(office):
    def invite():
        with office.system.database.transaction() as session:
            return links.make(session, service.find(session, APPROVER))

    first, second = invite(), invite()
    with office.system.database.transaction() as session:
        with pytest.raises(NotFoundError):
            links.use(
                session, first, passwords.prepare(SECRET)
            )  # made void by the second
        # what the link carries is not what we keep
        assert session.get(OneTimeLink, second) is None
    visitor = Visitor(office)
    assert APPROVER in visitor.get(f"/moi/{second}").text
    assert (
        visitor.post(
            f"/moi/{second}", {"password": "ngan"}, f"/moi/{second}"
        ).status_code
        == 422
    )
    done = visitor.post(f"/moi/{second}", {"password": SECRET}, f"/moi/{second}")
    assert done.status_code == 302
    assert (
        visitor.get("/viec-cua-toi")
        .headers["Location"]
        .startswith("/dang-nhap/ung-dung")
    )
    assert visitor.get(f"/moi/{second}").status_code == 404
    third = invite()
    with clock.frozen(clock.now() + timedelta(hours=24)):
        assert visitor.get(f"/moi/{third}").status_code == 404


def test_an_administrator_closes_and_opens_accounts_but_never_their_own(office):
    browser = Browser(office, Role.ADMINISTRATOR)
    person = office.actors[Role.APPROVER].person_id
    own = office.actors[Role.ADMINISTRATOR].person_id
    other = Browser(office, Role.APPROVER)

    assert browser.post(f"/quan-tri/nguoi/{person}/tai-khoan/khoa").status_code == 302
    assert other.get("/viec-cua-toi").status_code == 302
    assert "đã khóa" in browser.get("/quan-tri/ra-soat").text
    assert browser.post(f"/quan-tri/nguoi/{person}/tai-khoan/mo").status_code == 302
    assert (
        browser.post(f"/quan-tri/nguoi/{person}/tai-khoan/go-ung-dung").status_code
        == 302
    )
    with office.system.database.reading() as session:
        assert not factors.enrolled(session, person)
    for what in ("khoa", "go-ung-dung"):
        assert (
            browser.post(f"/quan-tri/nguoi/{own}/tai-khoan/{what}").status_code == 422
        )
    assert browser.post(f"/quan-tri/nguoi/{person}/tai-khoan/xoa").status_code == 404


def test_the_review_of_rights_is_a_page_a_file_and_a_row_in_the_journal(office):
    with office.system.database.transaction() as session:
        service.find(session, APPROVER).name = "=HYPERLINK(1)"
    browser = Browser(office, Role.ADMINISTRATOR)

    assert "Chưa rà soát lần nào" in browser.get("/quan-tri/ra-soat").text
    assert browser.post("/quan-tri/ra-soat").status_code == 302
    assert "Lần rà soát gần nhất" in browser.get("/quan-tri/ra-soat").text
    table = browser.get("/quan-tri/ra-soat.csv")
    assert "attachment" in table.headers["Content-Disposition"]
    assert "'=HYPERLINK(1)" in table.text
    assert not re.search(r"(^|,)=", table.text, re.MULTILINE)


def test_work_goes_on_when_somebody_asks_for_it(office):
    browser = Browser(office, Role.REGISTRAR)

    assert browser.post("/phien/gia-han").text == "900"
    assert 'data-limit="' in browser.get("/viec-cua-toi").text


def test_the_first_people_register_the_agency_they_work_in(tmp_path):
    from app.cli import people as commands

    system = make_system(tmp_path)
    commands.first_user.callback.__wrapped__(system, "quan-tri@thu.example", "Quản trị")
    office = Office(system)
    with system.database.transaction() as session:
        admin = service.find(session, "quan-tri@thu.example")
        department = sessions.held(session, admin.id, clock.today())[0].agency_id
        registrar = service.add_person(session, "Đầu mối", "dau-moi@thu.example")
        post = service.add_post(session, department, "Đầu mối", Role.REGISTRAR)
        service.appoint(session, post, registrar, clock.today())
        office.actors[Role.REGISTRAR] = service.actor(
            session, "dau-moi@thu.example", None, clock.today()
        )
    browser = Browser(office, Role.REGISTRAR)

    assert "Đăng ký cơ quan của tôi" in browser.get("/dang-ky").text
    begun = browser.post("/dang-ky", {"kind": "agency", "own": "1"})
    number = int(re.search(r"/phieu/(\d+)", begun.headers["Location"])[1])
    with office.desk() as desk:
        assert proposals.by_number(desk, number).entry_id == department
    with pytest.raises(ConflictError):
        commands.first_user.callback.__wrapped__(system, "hai@thu.example", "Hai")


def test_a_writer_that_takes_long_holds_up_nobody_who_only_reads(office):
    browser = Browser(office, Role.REGISTRAR)
    with office.system.database.transaction() as session:
        secret = browser.client.get_cookie(
            "__Host-danhmuc", domain="danhmuc.example"
        ).value
        sessions.row_of(session, secret).seen_at = clock.now() - timedelta(minutes=5)

    with office.system.database.transaction():
        begun = time.monotonic()
        assert browser.get("/viec-cua-toi").status_code == 200
        assert time.monotonic() - begun < 5  # a writer would wait for ten
