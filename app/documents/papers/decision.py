"""A decision and its annex as files, in the form of NĐ 30/2020 (Phụ lục I): DOCX for
signing, XLSX for working with.

Both are made once, when the annex is frozen, and kept: what is printed again is the
same to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from app.documents.papers import layout
from app.documents.papers.layout import say

# millimetres of the annex's columns, on a page that lies
WIDTHS = (
    13,
    22,
    45,
    38,
    24,
    51,
    39,
    25,
)


@dataclass(frozen=True)
class DecisionText:
    """What the decision says around its annex; `issuer` is the People's Committee,
    `bases` are sentences.
    """

    issuer: str
    chairman: bool
    place: str
    title: str
    bases: Sequence[str]
    proposer: str
    effective_from: date
    demonstration: bool


def docx(text: DecisionText, annex: dict[str, Any]) -> bytes:
    """Return the draft decision with its annex, ready for a number, a day and a
    signature.
    """
    document = layout.begin(text.title, text.issuer)
    layout.heading(
        document,
        "",
        text.issuer,
        "QĐ-UBND",
        text.place,
        demonstration=text.demonstration,
    )
    _whereas(document, text)
    _articles(document, text)
    above = [] if text.chairman else ["TM. ỦY BAN NHÂN DÂN"]
    layout.signature(document, ("- Như Điều 3;", "- Lưu: VT."), [*above, "CHỦ TỊCH"])
    _annex(document, text, annex)
    return layout.done(document)


def xlsx(annex: dict[str, Any]) -> bytes:
    """Return the annex as a workbook, a sheet for each list; the head of each is
    repeated in print.
    """
    sheets = [
        (f"Danh mục {place}", one["title"], one["rows"])
        for place, one in enumerate(annex["lists"], start=1)
    ]
    return layout.workbook(sheets, annex["columns"], WIDTHS)


def _whereas(document: Docx, text: DecisionText) -> None:
    whose = ("Chủ tịch " if text.chairman else "") + text.issuer
    for line in ("QUYẾT ĐỊNH", text.title, whose.upper()):
        say(document, line, bold=True, at=ALIGN.CENTER)
    for basis in text.bases:
        say(document, f"Căn cứ {basis};", italic=True, at=ALIGN.JUSTIFY)
    say(
        document,
        f"Theo đề nghị của {text.proposer} tại Tờ trình số          .",
        italic=True,
        at=ALIGN.JUSTIFY,
    )


def _articles(document: Docx, text: DecisionText) -> None:
    say(document, "QUYẾT ĐỊNH:", bold=True, at=ALIGN.CENTER)
    told = (
        (
            "Ban hành kèm theo Quyết định này Phụ lục các danh mục cơ sở dữ liệu "
            "và đối tượng dùng chung."
        ),
        f"Quyết định này có hiệu lực kể từ {layout.written(text.effective_from)}.",
        (
            "Thủ trưởng các cơ quan, đơn vị và tổ chức, cá nhân có liên quan chịu "
            "trách nhiệm thi hành Quyết định này./."
        ),
    )
    for number, sentence in enumerate(told, start=1):
        paragraph = document.add_paragraph()
        paragraph.alignment = ALIGN.JUSTIFY
        paragraph.add_run(f"Điều {number}. ").bold = True
        paragraph.add_run(sentence)


def _annex(document: Docx, text: DecisionText, annex: dict[str, Any]) -> None:
    layout.landscape(document)
    say(document, "PHỤ LỤC", bold=True, at=ALIGN.CENTER)
    say(document, text.title.upper(), size=13, bold=True, at=ALIGN.CENTER)
    whose = ("Chủ tịch " if text.chairman else "") + text.issuer
    said = (
        "(Kèm theo Quyết định số          /QĐ-UBND ngày      tháng      năm       "
        f"   của {whose})"
    )
    say(document, said, italic=True, at=ALIGN.CENTER)
    for number, found in enumerate(annex["lists"], start=1):
        say(document, f"{number}. {found['title']}", bold=True)
        layout.table(document, annex["columns"], found["rows"], WIDTHS)
