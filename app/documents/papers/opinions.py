"""The consolidated table of opinions and what was made of them (“Bảng tổng hợp ý kiến,
tiếp thu, giải trình”): goes with the letter of submission, and as a workbook.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.papers import parts
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.documents.tables.cells import table as csv_table
from app.documents.tables.workbook import Sheet, workbook
from app.workflow.official_words import counted, goes_with

COLUMNS = (
    "STT",
    "Cơ quan; văn bản góp ý",
    "Nội dung được góp ý",
    "Nội dung góp ý; lý do",
    "Tiếp thu, giải trình",
)
_WIDTHS = (12, 46, 42, 76, 76)
_COUNTS = (
    ("Số cơ quan được lấy ý kiến", 48),
    ("Đã trả lời", 34),
    ("Thống nhất", 34),
    ("Thống nhất, có góp ý", 46),
    ("Không thống nhất", 42),
    ("Không trả lời", 48),
)


@dataclass(frozen=True)
class Opinions:
    """What was asked about what and answered: counts in the order of the paper, who was
    silent, and rows of (agency and its letter, what about, opinion, handling) on the
    draft and on its annex.
    """

    subject: str
    counts: tuple[int, int, int, int, int, int]
    silent: Sequence[str]
    on_draft: Sequence[Sequence[str]]
    on_annex: Sequence[Sequence[str]]
    compiler: str


def paper(writer: Writer, said: Opinions) -> Paper:
    """Return the table as a paper that lies."""
    silent = ""
    if said.silent:
        names = "; ".join(said.silent)
        silent = f"Cơ quan không trả lời trong thời hạn: {names}."
    rows = _rows(said)
    agreed = "Các cơ quan còn lại thống nhất, không có góp ý./."
    made: list[parts.Part] = [
        writer.head(dated=False),
        parts.Title(
            "Bảng tổng hợp",
            f"Ý kiến, tiếp thu, giải trình đối với {said.subject}",
            goes_with("Tờ trình", f"TTr-{writer.symbol}", writer.year, writer.name),
        ),
        parts.Section("I. TÌNH HÌNH LẤY Ý KIẾN", after_table=True),
        parts.Table(
            [parts.Column(head, width, centred=True) for head, width in _COUNTS],
            [parts.Row([counted(count) for count in said.counts])],
        ),
        *([parts.Text(silent, after_table=True)] if silent else []),
        parts.Section("II. NỘI DUNG GÓP Ý, TIẾP THU, GIẢI TRÌNH", after_table=True),
        *([_table(rows)] if rows else []),
        parts.Text(
            agreed if rows else "Không có nội dung góp ý./.", after_table=bool(rows)
        ),
        parts.Signatures(
            [
                (("Người tổng hợp",), said.compiler),
                (writer.sign_off, writer.signatory),
            ]
        ),
    ]
    return writer.paper("Bảng tổng hợp ý kiến, tiếp thu, giải trình", made, lying=True)


def _rows(said: Opinions) -> list[parts.Row | parts.Group | parts.Block]:
    rows: list[parts.Row | parts.Group | parts.Block] = []
    number = 0
    for heading, listed in (
        ("A. DỰ THẢO QUYẾT ĐỊNH", said.on_draft),
        ("B. PHỤ LỤC", said.on_annex),
    ):
        if listed:
            rows.append(parts.Group(heading))
        for cells in listed:
            number += 1
            rows.append(parts.Row([str(number), *cells]))
    return rows


def _table(rows: Sequence[parts.Row | parts.Group | parts.Block]) -> parts.Table:
    columns = [
        parts.Column(head, width, centred=place == 0)
        for place, (head, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True))
    ]
    return parts.Table(columns, rows)


def xlsx(opinions: Opinions) -> bytes:
    """Return the table as a workbook."""
    title = f"Bảng tổng hợp ý kiến: {opinions.subject}"
    return workbook([Sheet("Tổng hợp", title, COLUMNS, _numbered(opinions))])


def csv(opinions: Opinions) -> bytes:
    """Return the table as CSV."""
    return csv_table(COLUMNS, _numbered(opinions))


def _numbered(opinions: Opinions) -> list[list[str]]:
    rows = [*opinions.on_draft, *opinions.on_annex]
    return [[str(number), *row] for number, row in enumerate(rows, start=1)]
