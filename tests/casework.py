"""Cases for tests: an office where one agency asks another, with two people who answer."""

from datetime import date

from support import SIGNED_PDF

from app import files
from app.exchange.cases import queries, service
from app.exchange.cases.inputs import Grant, SentFile
from app.permissions import Action, Role
from app.workflow.context import Desk


def staffed(office):
    """Hire a second person at the other agency, who confirms what the first prepares."""
    with office.system.database.transaction() as session:
        office.actors["head elsewhere"] = office.hire(
            session, "lanh-dao@thu.example", office.other, Role.HEAD
        )
    return office


def lands(office, owner=None):
    """Enter a database of the other agency's, and return it with a law in force."""
    from support import database

    law = office.law()
    content = database(str(owner or office.other), str(law))
    return office.enter("shared-database", content, "elsewhere"), law


def request(database, law, **more):
    """Return a request for the items of a database."""
    return {
        "title": "Khai thác thửa đất khi giải quyết chế độ",
        "database": str(database),
        "items": ["Thửa đất"],
        "purpose": "Giải quyết chế độ",
        "legal_basis": [str(law)],
        "form": "thuong-xuyen",
        **more,
    }


def opened(office, kind, content, who=Role.REGISTRAR, **more):
    """Open a case and return its number."""
    with office.desk(who) as desk:
        return service.begin(desk, kind, content, **more).number


def act(office, number, action, who, given=None, **more):
    """Do something to a case as it stands, and return where it stands then."""
    with office.desk(who) as desk:
        seen = more.pop("seen", None) or queries.get(desk, number).lock_version
        given = () if given is None else (given,)
        return service.act(desk, number, seen, action, *given, **more).status


def sent(office, kind, content, who=Role.REGISTRAR, **more):
    """Open a case and send it."""
    number = opened(office, kind, content, who)
    act(office, number, Action.SEND_CASE, who, **more)
    return number


def case_of(office, number, who=Role.REGISTRAR):
    """Return a case as somebody reads it."""
    system = office.system
    with system.database.reading() as session:
        desk = Desk(session, system.profile, office.actors[who], system.office)
        return queries.get(desk, number)


def letter(office):
    """Keep a signed letter, and return how it is named."""
    with office.system.database.transaction() as session:
        folder = office.system.settings.data_dir
        kept = files.put(session, folder, "tra-loi.pdf", SIGNED_PDF)
        return SentFile(kept.sha256, "tra-loi.pdf")


def paper(office, **more):
    """Return what is written down of a letter of today."""
    from app import clock

    day: date = clock.today()
    return {
        "paper_number": "12/BHXH-CNTT",
        "paper_day": day,
        "file": letter(office),
        **more,
    }


def task(office, code="NV-1", **more):
    """Return a task of the other agency's, complete."""
    content = {
        "key": "1",
        "code": "ND-1",
        "objects": ["CSDL-0001", "HT-0001"],
        "present": "Chưa nối",
        "target": "Nối",
        "gap": "Thiếu dịch vụ",
        "option": "chuan-hoa",
    }
    return {
        "title": "Nối dữ liệu đất đai",
        "code": code,
        "contents": [content],
        "result": "Dữ liệu chạy",
        "lead": str(office.other),
        "priority": "Cao",
        "term_start": "2026-10-01",
        "term_end": "2027-06-30",
        "resources": "Nhân lực hiện có",
        "criterion": "Có số liệu lưu thông",
        **more,
    }


def everything(office):
    """Have one case of each kind, some of them answered."""
    staffed(office)
    database, law = lands(office)
    number = sent(office, "data-request", request(database, law))
    act(office, number, Action.PREPARE_GRANT, "elsewhere", Grant(["Thửa đất"]))
    act(office, number, Action.CONFIRM_ANSWER, "head elsewhere")
    sent(office, "task", task(office), Role.REVIEWER)
    demand = {
        "title": "CSDL quốc gia về dân cư",
        "holder": str(office.other),
        "purpose": "Giải quyết thủ tục",
        "waiting": [str(office.department), str(office.other)],
    }
    sent(office, "demand", demand, Role.REVIEWER)


def several(desk, count, round_):
    """Raise and send so many obstacles in one transaction."""
    from app.register.queries import Register
    from app.register.standing import moment

    register = Register(desk.session, desk.profile, moment(desk.session))
    other = register.get("agency", "CQ-0002").id
    for place in range(count):
        content = {
            "title": f"Vướng mắc {round_}-{place}",
            "type": "khac",
            "description": "Thử",
            "addressee": str(other),
        }
        case = service.begin(desk, "obstacle", content)
        service.act(desk, case.number, case.lock_version, Action.SEND_CASE)
