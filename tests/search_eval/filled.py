"""A register of thousands: the demonstration, and databases made by rule that its own agencies own.

Names are put together from subjects of administration, places and what an item tells of whom, so that many share most of
their words: what is looked for has near neighbours.
"""

import csv
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from app.permissions import Audience
from app.register import service
from app.register.filters import Filter
from app.register.queries import Register
from app.register.service import Order
from app.register.standing import PRESENT, moment
from catalog_schema.profile import Visibility
from search_eval import corpus

HERE = Path(__file__).parent
BATCH = 500
# of whom and of what items tell: nothing of what the demonstration's own databases are about
_WHOSE = (
    "chủ rừng", "chủ tàu cá", "lễ hội", "nghệ nhân", "vận động viên", "bến khách", "hồ chứa", "trạm bơm", "làng nghề",
    "sáng kiến", "thư viện", "chợ", "bãi đỗ xe", "tuyến xe buýt", "nhà văn hóa", "con dấu", "sản phẩm OCOP", "di tích",
    "hướng dẫn viên", "khách sạn", "giống cây", "kênh mương", "đê điều", "biển báo", "máy bơm", "cửa hàng xăng dầu",
)  # fmt: skip
_WHAT = (
    "Họ và tên", "Mã số", "Ngày cấp", "Nơi cấp", "Ngày hết hạn", "Tình trạng", "Diện tích", "Vị trí", "Tọa độ", "Số tiền",
    "Số quyết định", "Loại", "Hạng", "Trình độ", "Nhóm máu", "Chức danh", "Năm sản xuất", "Số khung", "Nguồn gốc",
    "Kết quả kiểm tra", "Chiều dài", "Công suất", "Năm xây dựng", "Số điện thoại", "Màu sơn", "Sức chứa", "Độ sâu",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What was made: the entry, and the names by which it may be looked for."""

    id: UUID
    title: str
    items: tuple[str, ...]
    source_id: str


def abbreviations(name: str) -> list[tuple[str, str]]:
    """Return short forms with their full ones, of a file that was collected from public papers by somebody else."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["abbreviation"], row["full"]) for row in rows]


def fill(system, count: int) -> None:
    """Enter so many databases of any subject, each marked illustrative; the same at each run."""
    choose = random.Random(30)
    topics = corpus._TOPICS  # noqa: SLF001 - the same subjects as in the other corpus
    _enter(
        system,
        choose,
        [f"{choose.choice(topics)} {choose.choice(PLACES)}" for _ in range(count)],
    )


def fill_abbreviated(system) -> None:
    """Enter a database of each subject that papers abbreviate."""
    subjects = [full for name in ABBREVIATED for _short, full in abbreviations(name)]
    _enter(system, random.Random(31), subjects)


def _enter(system, choose: random.Random, subjects: list[str]) -> None:
    with system.database.reading() as session:
        register = Register(
            session, system.profile, moment(session), Audience(Visibility.OWNER)
        )
        owners = [view.id for view in register.all(Filter(("agency",), PRESENT))]
        laws = [view.id for view in register.all(Filter(("legal-document",), PRESENT))]
        pattern = next(
            view.content
            for view in register.all(Filter(("shared-database",), PRESENT))
            if view.content["record_kind"] == "goc"
        )
    made = [_one(choose, number, subject) for number, subject in enumerate(subjects)]
    kind = system.profile.kinds["shared-database"]
    for start in range(0, len(made), BATCH):
        part = made[start : start + BATCH]
        ids = [each.id for each in part]
        with system.database.transaction() as session:
            service.reserve_all(session, kind, ids)
            with service.preparing(session, system.profile, ids) as prepared:
                for each in part:
                    content = {
                        **pattern,
                        "title": {"vi": each.title},
                        "description": {"vi": f"{choose.choice(_WHAT)} (minh họa)."},
                        "keyword": [],
                        "owner": str(choose.choice(owners)),
                        "legal_basis": [str(choose.choice(laws))],
                        "source_id": each.source_id,
                        "data_items": [_item(pattern, name) for name in each.items],
                        "illustrative": True,
                        "certainty": "minh-hoa",
                    }
                    order = Order(each.id, content)
                    service.enter(session, system.profile, order, prepared)


ABBREVIATED = ("abbreviations_seen.tsv", "abbreviations_unseen.tsv")


def _one(choose: random.Random, number: int, subject: str) -> Made:
    items = {f"{choose.choice(_WHAT)} {choose.choice(_WHOSE)}" for _ in range(4)}
    source = f"T{choose.randrange(10, 99)}.{choose.randrange(100, 999)}.{number:06d}"
    title = f"Cơ sở dữ liệu {subject}"
    return Made(uuid4(), title, tuple(sorted(items)), source)


def _item(pattern, name: str) -> dict:
    return {**pattern["data_items"][0], "name": {"vi": name}}


def _places() -> list[str]:
    path = HERE.parents[1] / "fixtures" / "data" / "units_2025.csv"
    with path.open(encoding="utf-8") as file:
        names = [row["name.vi"] for row in csv.DictReader(file)]
    return [name.removeprefix("Ủy ban nhân dân ") for name in names]


PLACES = _places()
