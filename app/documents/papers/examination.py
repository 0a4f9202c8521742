"""Papers inside the department: the slip of an examination (“phiếu thẩm định”) and the
slip that puts something before a leader (“phiếu trình”). Neither has a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.typography import balanced
from app.documents.papers.writer import Writer
from app.workflow.official_words import short_day

_CRITERIA = (
    ("STT", 10),
    ("Tiêu chí", 58),
    ("Căn cứ", 52),
    ("Kết quả", 20),
    ("Ghi chú", 25),
)


@dataclass(frozen=True)
class Criterion:
    """What was checked, by what rule, what came out, and what is to be said of it."""

    name: str
    basis: str
    result: str
    note: str = ""


@dataclass(frozen=True)
class Examination:
    """What was found of one proposal: facts as (name, value), criteria, opinions asked,
    the conclusion, and who examined, heads the unit and approves.
    """

    facts: Sequence[tuple[str, str]]
    criteria: Sequence[Criterion]
    consulted: str
    conclusion: str
    examiner: str
    unit: str
    unit_head: str


def examination(writer: Writer, said: Examination) -> Paper:
    """Return the slip of an examination, on one page."""
    approving = ["Phê duyệt", *writer.sign_off]
    made: list[parts.Part] = [
        _inner_head(writer, said.unit),
        parts.Title(
            "Phiếu thẩm định",
            "Đề nghị đăng ký, sửa đổi nội dung trong Danh mục cơ sở dữ liệu dùng chung",
        ),
        parts.Section("I. THÔNG TIN HỒ SƠ", after_table=True),
        parts.Table(
            [parts.Column("Nội dung", 55), parts.Column("Thông tin", 110)],
            [parts.Row([name, value or "–"]) for name, value in said.facts],
        ),
        parts.Section("II. KẾT QUẢ KIỂM TRA", after_table=True),
        parts.Table(
            [
                parts.Column(head, width, centred=head in {"STT", "Kết quả"})
                for head, width in _CRITERIA
            ],
            [
                parts.Row(
                    [str(place), each.name, each.basis, each.result, each.note or "–"]
                )
                for place, each in enumerate(said.criteria, start=1)
            ],
        ),
        parts.Section("III. Ý KIẾN CỦA CƠ QUAN LIÊN QUAN", after_table=True),
        parts.Text(said.consulted),
        parts.Section("IV. Ý KIẾN THẨM ĐỊNH VÀ ĐỀ XUẤT"),
        parts.Text(f"{said.conclusion.rstrip('./')}./."),
        parts.Signatures(
            [
                (("Người thẩm định",), said.examiner),
                (("Trưởng phòng",), said.unit_head),
                (approving, writer.signatory),
            ]
        ),
    ]
    return writer.paper("Phiếu thẩm định", made, line=1.0)


def _inner_head(writer: Writer, unit: str) -> parts.Head:
    return parts.Head(
        issuer=balanced(unit.upper(), 75, 12, bold=True),
        above=writer.name,
        place=writer.place,
        year=writer.year,
    )


@dataclass(frozen=True)
class Slip:
    """What is put before a leader: to whom, what, in short, what is proposed, by whom
    of which unit.
    """

    leader: str
    subject: str
    matter: str
    summary: Sequence[str]
    proposed: Sequence[str]
    unit: str
    drafter: str
    unit_head: str
    day: date


def slip(writer: Writer, said: Slip) -> Paper:
    """Return the slip that puts something before a leader, on one page."""
    made: list[parts.Part] = [
        _inner_head(writer, said.unit),
        parts.Title("Phiếu trình", said.subject),
        parts.Receivers([said.leader]),
        parts.Section("I. VẤN ĐỀ TRÌNH"),
        parts.Text(said.matter),
        parts.Section("II. TÓM TẮT NỘI DUNG, Ý KIẾN ĐƠN VỊ LIÊN QUAN"),
        *(parts.Text(text) for text in said.summary),
        parts.Section("III. ĐỀ XUẤT, VĂN BẢN TRÌNH KÝ"),
        *(parts.Text(text) for text in said.proposed),
        parts.Boxes(
            [
                ("Người soạn", 45, f"{said.drafter}\nngày {short_day(said.day)}"),
                ("Lãnh đạo phòng", 45, f"{said.unit_head}\nngày …/…/{said.day.year}"),
                ("Ý kiến của Lãnh đạo", 75, f"ngày …/…/{said.day.year}"),
            ],
            height=40,
        ),
    ]
    return writer.paper(said.subject, made, line=1.0)
