"""The consolidated table of opinions (“Bảng tổng hợp ý kiến”) as DOCX and XLSX."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from app.documents.papers import layout
from app.documents.papers.layout import say

COLUMNS = (
    "STT",
    "Cơ quan",
    "Ý kiến",
    "Nội dung góp ý về",
    "Góp ý, lý do",
    "Tiếp thu, giải trình",
)
WIDTHS = (13, 50, 32, 42, 70, 50)


@dataclass(frozen=True)
class Table:
    """One table: what was asked about what, by whom, and rows of cells without their
    number.
    """

    title: str
    subject: str
    asker: str
    place: str
    rows: Sequence[Sequence[str]]
    demonstration: bool


def docx(table: Table) -> bytes:
    """Return the table as a paper that lies, with the head of the department that
    asked.
    """
    document = layout.begin(table.title, table.asker, lying=True)
    layout.heading(
        document, "", table.asker, "BTH", table.place, demonstration=table.demonstration
    )
    say(document, "BẢNG TỔNG HỢP Ý KIẾN", bold=True, at=ALIGN.CENTER)
    say(document, table.subject, bold=True, at=ALIGN.CENTER)
    layout.table(document, COLUMNS, numbered(table.rows), WIDTHS)
    return layout.done(document)


def xlsx(table: Table) -> bytes:
    """Return the table as a workbook."""
    return layout.workbook(
        [("Tổng hợp", table.title, numbered(table.rows))], COLUMNS, WIDTHS
    )


def numbered(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows with their number before them."""
    return [[str(number), *row] for number, row in enumerate(rows, start=1)]
