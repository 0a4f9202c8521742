"""A small office for tests: the real parts in a temporary folder, people in every role, entries made on request."""

import atexit
import io
import os
import shutil
import tempfile
import tomllib
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import landlock
import postgres
from pypdf import PdfWriter
from sqlalchemy import make_url, select, text

from app import clock, config, journal, migrations
from app.accounts import service as accounts
from app.db import Database
from app.factory import System
from app.migrations import append_only, tables
from app.operations import backup
from app.permissions import Action, Actor, Role
from app.register import service as register
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.proposals import attachments
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service as workflow
from app.workflow.proposals.actions import request_of
from app.workflow.proposals.inputs import ProposalRequest
from app.workflow.proposals.models import Proposal, ProposalType
from app.workflow.proposals.preconditions import REASONED
from app.workflow.time import working_days
from catalog_schema import profile as profiles
from fixtures import samples

BASE = "https://danhmuc.example"
SINCE = date(2020, 1, 1)


POSTGRESQL = os.environ.get("TEST_DATABASE") == "postgresql"
served = []  # the process groups that tests started, so that none outlives its test
made = []  # the systems that tests made, so that their databases go when the test is over


@cache
def _migrated():
    """Return the name of a PostgreSQL database that holds the newest schema and nothing else."""
    url = postgres.create()
    database = Database(url, tables.metadata)
    migrations.upgrade(database)
    database.engine.dispose()
    return make_url(url).database


def new_database():
    """Return the address of a database for one installation."""
    return postgres.create(_migrated()) if POSTGRESQL else "sqlite:///register.db"


def make_system(folder, base=BASE):
    system = _system(folder, new_database(), base)
    system.migrate()
    made.append(system)
    return system


def _system(folder, url, base=BASE):
    data = {
        "database_url": url,
        "search_url": "whoosh:index",
        "data_dir": "data",
        "base_uri": base,
        "publisher_code": "Y99",
        "provinces": [{"name": "Thử Nghiệm", "type": "tỉnh"}],
        "promulgate": [],
    }
    return _compiled_once(System(config.parse(data, folder)))


_first = {}  # by the kind of database


def _compiled_once(system):
    """Let all systems of a kind of database share their compiled statements, as the requests of one system do."""
    engine = system.database.engine
    first = _first.setdefault(engine.dialect.name, engine)
    engine.dialect = engine.pool._dialect = first.dialect  # noqa: SLF001 - no public way
    engine._compiled_cache = first._compiled_cache  # noqa: SLF001 - the same
    return system


@cache
def _opened():
    """Open an office once a process; tests start from copies of it."""
    folder = Path(tempfile.mkdtemp(prefix="danhmuc-office-"))
    atexit.register(shutil.rmtree, folder)
    office = Office(make_system(folder)).open()
    made.remove(office.system)
    office.system.database.engine.dispose()
    return folder, office


def opened_office(folder, **settings):
    """Return an office that was just opened, in a folder and database of its own, with these settings."""
    source, first = _opened()
    shutil.copytree(source, folder, dirs_exist_ok=True)
    url = (
        postgres.copy(first.system.settings.database_url)
        if POSTGRESQL
        else "sqlite:///register.db"
    )
    system = _system(folder, url)
    if settings:
        system = _compiled_once(System(replace(system.settings, **settings)))
    made.append(system)
    return Office(system, dict(first.actors), first.department, first.other)


def back_from(system, recipient, identity, folder):
    """Back `system` up and restore it in a new folder; return the ids and numbers of the proposals that came back."""
    folder.mkdir()
    backup.make(system, folder / "made.age", recipient)
    back = make_system(folder)
    backup.restore(back, folder / "made.age", identity)
    with back.database.reading() as session:
        assert journal.verify(journal.rows(session))[1] is None
        found = {
            value
            for row in session.execute(select(Proposal.id, Proposal.number))
            for value in row
        }
    forget(back)
    return found


def forget(system):
    """Close a system, and drop its database where it is a server's."""
    system.close()
    if POSTGRESQL:
        postgres.drop(system.settings.database_url)


def unguarded(session):
    """Take off what the database forbids, as somebody could who owns it."""
    for table in append_only.TABLES:
        if POSTGRESQL:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for event in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER {table}_no_{event}"))
    return session


def settled(folder, text):
    """Write the demonstration's settings into `folder`, with a database of its own, and return the file."""
    url = new_database()
    # approving enters
    text = text.replace("demonstration = true", "demonstration = true\npromulgate = []")
    text = text.replace(
        "sqlite:///../var/demo/register.db",
        url if POSTGRESQL else "sqlite:///data/register.db",
    )
    (folder / "demo.toml").write_text(
        text.replace("../var/demo", "data"), encoding="utf-8"
    )
    return folder / "demo.toml"


def copied(source, target):
    """Copy an installation made by `settled`, database and all; return the copy."""
    shutil.copytree(source, target)
    settings = target / "demo.toml"
    if POSTGRESQL:
        text = settings.read_text(encoding="utf-8")
        url = tomllib.loads(text)["database_url"]
        settings.write_text(text.replace(url, postgres.copy(url)), encoding="utf-8")
    system = System(config.load({config.VARIABLE: str(settings)}))
    made.append(system)
    return system


def _blank_pdf():
    """Return a page without words, as a scanner makes."""
    stream = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(stream)
    return stream.getvalue()


SIGNED_PDF = _blank_pdf()


@dataclass
class Office:
    system: System
    actors: dict[str, Actor] = field(default_factory=dict)
    department: UUID | None = None
    other: UUID | None = None
    code_law: UUID | None = None

    def open(self):
        with self.system.database.transaction() as session:
            kind = self.system.profile.kinds["agency"]
            self.department = register.reserve(session, kind).id
            self.other = register.reserve(session, kind).id
            for role in Role:
                self.actors[role] = self.hire(
                    session, f"{role}@thu.example", self.department, role
                )
            self.actors["elsewhere"] = self.hire(
                session, "khac@thu.example", self.other, Role.REGISTRAR
            )
        self.enter(
            "agency", agency("Sở Khoa học và Công nghệ"), entry_id=self.department
        )
        self.enter(
            "agency", agency("Sở Nông nghiệp và Môi trường"), entry_id=self.other
        )
        return self

    def hire(self, session, email, agency_id, role):
        person = accounts.add_person(session, f"Người {role}", email)
        post = accounts.add_post(session, agency_id, str(role), role)
        accounts.appoint(session, post, person, SINCE)
        return Actor(person.id, post.id, role, agency_id, signs=True)

    @contextmanager
    def desk(self, who=Role.REGISTRAR):
        with self.system.database.transaction() as session:
            yield Desk(
                session, self.system.profile, self.actors[who], self.system.office
            )

    @contextmanager
    def reading(self, as_of=None, known_at=None, **kw):
        with self.system.database.reading() as session:
            yield Register(
                session, self.system.profile, moment(session, as_of, known_at), **kw
            )

    def propose(self, kind, content, who=Role.REGISTRAR, **kw):
        with self.desk(who) as desk:
            proposal = workflow.propose(desk, ProposalRequest(kind, content, **kw))
            if proposal.type == ProposalType.END and kind in {
                "agency",
                "identifier-code",
            }:
                attachments.attach(
                    desk,
                    proposal,
                    "quyet-dinh.pdf",
                    b"%PDF-1.7\n%%EOF",
                    self.system.settings.data_dir,
                    10_000,
                )
            return proposal.id

    def act(self, proposal_id, action, who, **values):
        with self.desk(who) as desk:
            proposal = proposals.get(desk, proposal_id)
            lock_version = values.pop("lock_version", proposal.lock_version)
            if action in (Action.APPROVE, Action.REJECT, Action.ENDORSE, Action.CLEAR):
                values.setdefault("seen_hash", proposal.content_hash)
            if action is Action.SUBMIT and proposal.type in REASONED:
                values.setdefault("reason", "Đã chuyển sang cơ sở dữ liệu khác")
            request = request_of(action, values)
            return workflow.act(desk, proposal_id, lock_version, request).status

    def enter(self, kind, content, who=Role.REGISTRAR, *, why=None, **kw):
        """Take content all the way and return its entry's id; `why`: the conclusion of a yes."""
        status = content.get("status") if kind == "identifier-code" else None
        if not content.get("illustrative"):
            for state, name in (("dang-dung", "issued_by"), ("da-dong", "closed_by")):
                if status == state and name not in content:
                    content = {**content, name: str(self.issuing())}
        proposal_id = self.propose(kind, content, who, **kw)
        for action, actor in PATH:
            says_yes = action in {Action.RECOMMEND, Action.APPROVE}
            said = {"reason": why} if why and says_yes else {}
            self.act(
                proposal_id, action, who if actor is Role.REGISTRAR else actor, **said
            )
        with self.system.database.reading() as session:
            return session.get(Proposal, proposal_id).entry_id

    def entry_of(self, proposal_id):
        with self.system.database.reading() as session:
            return session.get(Proposal, proposal_id).entry_id

    def issuing(self):
        """Return the decision by which codes are given and closed, entered once."""
        self.code_law = self.code_law or self.law("99/2020/QĐ-UBND")
        return self.code_law

    def law(self, number="1/2026/QĐ-UBND", **more):
        return self.enter("legal-document", {**law(number), **more})

    def land(self, effective_from=None, **more):
        content = database(str(self.department), str(self.law()), **more)
        return self.enter("shared-database", content, effective_from=effective_from)

    def get(self, entry_id, **kw):
        with self.reading(**kw) as found:
            return found.by_ids([entry_id])[entry_id]

    def client(self):
        """Return a client of the application that all offices of these settings share."""
        _answering.set(self.system)
        places = dict.fromkeys(("database_url", "search_url", "data_dir"))
        shared = _shared(replace(self.system.settings, **places))
        client = shared.test_client()
        client.environ_base["danhmuc.system"] = self.system
        return client


_answering = ContextVar("system")


class _Answering:
    """Whichever office is asked: its application is the same for all, and takes a tenth of a second to make."""

    def __getattr__(self, name):
        return getattr(_answering.get(), name)


@cache
def _shared(settings):
    from app.factory import create_app

    application = create_app(_Answering())
    inner = application.wsgi_app

    def answer(environ, start):
        _answering.set(environ["danhmuc.system"])
        return inner(environ, start)

    application.wsgi_app = answer
    return application


PATH = (
    (Action.SUBMIT, Role.REGISTRAR),
    (Action.TAKE, Role.REVIEWER),
    (Action.RECOMMEND, Role.REVIEWER),
    (Action.APPROVE, Role.APPROVER),
)


def built(kind, content):
    """Return a content of a kind, with a value for whatever entering asks for and the test does not say."""
    return samples.complete(profiles.load(BASE), kind, content)


def working_day(days, since=None):
    """Return the first day that is so many days on or later and on which offices work."""
    day = (since or clock.today()) + timedelta(days=days - 1)
    return working_days.load(None).next(day)


def agency(name, **more):
    content = {
        "name": {"vi": name},
        "classification": "so",
        "sector": "ubnd",
        "spatial": "VNM",
        "certainty": "co-quan-khai",
        **more,
    }
    return built("agency", content)


def law(number="1/2026/QĐ-UBND", **more):
    content = {
        "number": number,
        "title": {"vi": "Giao xây dựng cơ sở dữ liệu"},
        "document_type": "quyet-dinh",
        "issuer_name": "Ủy ban nhân dân tỉnh",
        "issued": "2026-01-05",
        "status": "con-hieu-luc",
        "certainty": "co-quan-khai",
        **more,
    }
    return built("legal-document", content)


def authority(number="1/2026/QĐ-UBND"):
    """Return what makes a law one on which decisions may rest, as its original cites it."""
    issuer = "Ủy ban nhân dân tỉnh về thẩm quyền"
    citation = f"Quyết định số {number} ngày 05 tháng 01 năm 2026 của {issuer}"
    return {"citation": citation, "gives_authority": True}


def code(value, holder=None, **more):
    content = {
        "value": value,
        "scheme": "QD20",
        "holder_name": {"vi": "Cơ quan thử"},
        "schema_agency": {"vi": "Thủ tướng Chính phủ"},
        "status": "dang-dung",
        "certainty": "co-quan-khai",
        **({"holder": str(holder)} if holder else {}),
        **more,
    }
    return built("identifier-code", content)


def database(owner, legal_basis, title="Cơ sở dữ liệu đất đai", **more):
    item = {
        "name": {"vi": "Thửa đất"},
        "meaning": {"vi": "Thông tin về thửa đất"},
        "layer": "chu",
        "source": "Hồ sơ địa chính",
        "updater": owner,
        "protection": "noi-bo",
        "sharing": [{"consumer_group": "trong-tinh", "mode": "dung-chung"}],
    }
    content = {
        "title": {"vi": title},
        "purpose": {"vi": "Quản lý đất đai"},
        "description": {"vi": "Thửa đất, người sử dụng đất"},
        "scope": {"vi": "Toàn tỉnh"},
        "record_kind": "goc",
        "category": "dia-phuong",
        "theme": ["ENVI"],
        "keyword": ["đất đai"],
        "lifecycle": "dang-van-hanh",
        "model_state": "hien-trang",
        "owner": owner,
        "contact_point": {"fn": {"vi": "Phòng Công nghệ"}, "email": "cntt@so.example"},
        "legal_basis": [legal_basis],
        "usage_regulation": "Chưa xác định",
        "evidence": "Tờ trình",
        "confirmed_by": "Trưởng phòng",
        "sources": {"vi": "Hồ sơ địa chính"},
        "collection_mechanism": {"vi": "Khi giải quyết hồ sơ"},
        "update_mechanism": {"vi": "Hằng ngày"},
        "frequency": "DAILY",
        "review_interval": 6,
        "data_items": [item],
        "sharing_class": "dung-chung",
        "sharing_scope": "cap-tinh",
        "usage_scope": "cap-tinh",
        "access_rights": "RESTRICTED",
        "importance": "khac",
        "personal_data": "co-ban",
        "state_secret": False,
        "certainty": "co-quan-khai",
        **more,
    }
    return built("shared-database", content)


def landlock_works():
    """Whether this kernel can hold a process to the files of a folder."""
    try:
        return landlock.landlock_abi_version() >= 1
    except OSError:
        return False


__all__ = [
    "BASE",
    "Office",
    "agency",
    "code",
    "database",
    "landlock_works",
    "law",
    "make_system",
    "replace",
]
