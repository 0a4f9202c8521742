"""A feed to practise on: a made-up register that goes through six scenes, for whoever
writes a harvester.

It is a small register of its own, in a file, read at the journal row at which each
scene ends; what serves it is what serves the real one. In the last scene its address
has changed.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import clock, journal
from app.config import Settings
from app.db import Base, Database
from app.errors import MalformedError
from app.permissions import PUBLIC
from app.rdf.publishing import dumps, feed
from app.rdf.writing import records
from app.register import service
from app.register.content.hashing import Content
from app.register.queries import Register
from app.register.service import Order
from app.register.standing import Moment
from catalog_schema import profile as profiles
from catalog_schema.profile import DATABASE, Profile

# the paths below the base at which it lies, before and after it moved
BEFORE, AFTER = (
    "dien-tap",
    "dien-tap-moi",
)
SCENES = (
    "Năm cơ sở dữ liệu",
    "Thêm hai cơ sở dữ liệu",
    "Hai mô tả được sửa",
    "Một cơ sở dữ liệu tạm ngừng chia sẻ",
    "Một cơ sở dữ liệu chấm dứt",
    "Địa chỉ của danh mục đã đổi, thêm một cơ sở dữ liệu",
)
SIZE = 2  # databases on a page
_AWAY = timedelta(days=30)
_EDITION = "2"  # of what is made up; raise it when the scenes say something else
_SOURCE = "Nội dung đặt ra để kết nối thử nghiệm"
_MARK: Content = {"illustrative": True, "certainty": "minh-hoa", "source_note": _SOURCE}


def base_of(settings: Settings, scene: int) -> str:
    """Return the base address of the practice register in a scene."""
    return f"{settings.base_uri}/{AFTER if scene == len(SCENES) else BEFORE}"


def page(
    settings: Settings,
    scene: int,
    extension: str,
    number: int,
    snapshot: int | None = None,
    size: int = SIZE,
) -> bytes:
    """Return a page of a scene; NotFoundError beyond the last, MalformedError for a
    snapshot that is another's.

    The same bytes each time, once it was made.
    """
    with opened(settings) as (database, rows, day), database.reading() as session:
        if snapshot not in (None, rows[scene - 1]):
            raise MalformedError(
                f"snapshot của cảnh này là {rows[scene - 1]}; theo liên kết "
                "hydra:next của chính cảnh"
            )
        profile = profiles.load(base_of(settings, scene))
        at = Moment(day, rows[scene - 1])
        page_request = feed.PageRequest(
            extension,
            number,
            None,
            everything=False,
            size=size,
            path=f"{scene}/catalog",
        )
        own = replace(
            settings,
            data_dir=_folder(settings),
            base_uri=profile.base,
            publisher_code="Y99",
        )
        return feed.page(Register(session, profile, at, PUBLIC), own, page_request)


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "practice"


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Database, list[int], date]]:
    """Open the practice register, made if it is not there; yield it, the row of each
    scene, and the last one's day.
    """
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    profile = profiles.load(base_of(settings, 1))
    tables = sorted(
        f"{table.name} {table.columns.keys()}"
        for table in Base.metadata.tables.values()
    )
    made_by = hashlib.sha256(
        f"{records.stamp(profile)} {tables} {_EDITION}".encode()
    ).hexdigest()[:12]
    name = folder / f"{made_by}.db"
    notes = name.with_suffix(".json")
    database = Database(f"sqlite:///{name}", Base.metadata)
    try:
        with (folder / "making").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not notes.exists():
                for old in (*folder.glob("*.db*"), *folder.glob("*.json")):
                    old.unlink(missing_ok=True)
                Base.metadata.create_all(database.engine)
                rows = _made(database, settings)
                with dumps.swapped(notes) as file:
                    file.write(json.dumps(rows).encode())
        rows = json.loads(notes.read_text(encoding="ascii"))
        with database.reading() as session:
            last = session.get_one(journal.JournalRow, rows[-1])
        yield database, rows, clock.local(last.at).date()
    finally:
        database.engine.dispose()


def _made(database: Database, settings: Settings) -> list[int]:
    """Play every scene, a minute each, the last one now; return the journal row at
    which each ends.
    """
    rows = []
    entered, end = list[UUID](), clock.now()
    for scene in range(1, len(SCENES) + 1):
        profile = profiles.load(base_of(settings, scene))
        with (
            clock.frozen(end - timedelta(minutes=len(SCENES) - scene)),
            database.transaction() as session,
        ):
            _Scenes(session, profile, entered).play(scene)
        with database.reading() as session:
            rows.append(journal.head(session))
    return rows


class _Scenes:
    def __init__(self, session: Session, profile: Profile, entered: list[UUID]) -> None:
        self.session, self.profile, self.entered = session, profile, entered

    def play(self, scene: int) -> None:
        match scene:
            case 1:
                self._around()
                self._databases(5)
            case 2:
                self._databases(2)
            case 3:
                for place in (2, 3):
                    self._again(
                        place, description={"vi": "Mô tả đã được sửa (minh họa)."}
                    )
            case 4:
                self._again(4, suspended=True)
            case 5:
                service.end(
                    self.session,
                    self.entered[5],
                    clock.today(),
                    Order(self.entered[5], {}),
                )
            case _:
                self._databases(1)

    def _around(self) -> None:
        """Enter the agency, its code and the law that everything else names."""
        name = {"vi": "Cơ quan diễn tập (minh họa)"}
        agency = self._enter(
            "agency",
            {
                "name": name,
                "classification": "khac",
                "sector": "khac",
                "spatial": "VNM",
            },
        )
        code = {
            "value": "Y99",
            "scheme": "QD20",
            "holder_name": name,
            "schema_agency": name,
            "status": "dang-dung",
        }
        self._enter("identifier-code", {**code, "holder": str(agency)})
        law = {
            "number": "00/MINH-HOA",
            "title": {"vi": "Văn bản diễn tập (minh họa)"},
            "document_type": "quyet-dinh",
        }
        self.entered += [
            agency,
            self._enter(
                "legal-document",
                {
                    **law,
                    "issuer_name": name["vi"],
                    "issued": "2026-01-01",
                    "status": "con-hieu-luc",
                },
            ),
        ]

    def _databases(self, count: int) -> None:
        for _ in range(count):
            number = len(self.entered) - 1
            self.entered.append(self._enter(DATABASE, self._database(number)))

    def _database(self, number: int, **more: Any) -> Content:
        agency, law = (str(id_) for id_ in self.entered[:2])
        words = {"vi": "Nội dung đặt ra để diễn tập (minh họa)."}
        sharing = [{"key": "1", "consumer_group": "trong-tinh", "mode": "dung-chung"}]
        item = {
            "key": "1",
            "name": words,
            "meaning": words,
            "layer": "chu",
            "source": "Minh họa",
            "updater": agency,
        }
        return {
            **dict.fromkeys(("purpose", "description", "scope", "sources"), words),
            **dict.fromkeys(("collection_mechanism", "update_mechanism"), words),
            **dict.fromkeys(
                ("usage_regulation", "evidence", "confirmed_by"), "Minh họa"
            ),
            "title": {"vi": f"Cơ sở dữ liệu diễn tập {number} (minh họa)"},
            "owner": agency,
            "legal_basis": [law],
            "record_kind": "goc",
            "category": "dia-phuong",
            "theme": ["GOVE"],
            "lifecycle": "dang-van-hanh",
            "model_state": "hien-trang",
            "frequency": "MONTHLY",
            "sharing_class": "dung-chung",
            "sharing_scope": "cap-tinh",
            "usage_scope": "cap-tinh",
            "access_rights": "RESTRICTED",
            "importance": "khac",
            "personal_data": "khong",
            "state_secret": False,
            "spatial": "VNM",
            "language": ["VIE"],
            "contact_point": {
                "fn": {"vi": "Đầu mối diễn tập (minh họa)"},
                "email": "dien-tap@vi-du.example",
            },
            "data_items": [{**item, "protection": "noi-bo", "sharing": sharing}],
            **more,
        }

    def _enter(self, kind: str, content: Content) -> UUID:
        entry = service.reserve(self.session, self.profile.kinds[kind])
        service.enter(self.session, self.profile, Order(entry.id, {**content, **_MARK}))
        return entry.id

    def _again(self, place: int, *, suspended: bool = False, **more: Any) -> None:
        """Enter a database once more; a suspended one for a while, after which it is
        shared again.
        """
        content = {**self._database(place - 1, **more), **_MARK}
        end = clock.today() + _AWAY if suspended else None
        service.enter(
            self.session,
            self.profile,
            Order(self.entered[place], content, end=end, suspended=suspended),
        )
