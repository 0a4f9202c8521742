"""Official letters (“công văn”) as DOCX for signing, with a table as their annex."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from app.documents.papers import layout
from app.documents.papers.layout import say

_SENT = (
    "Nội dung từng phiếu đã được lập trên hệ thống Danh mục; cơ quan chịu trách "
    "nhiệm về thông tin đã kê khai./."
)
_ASKED = (
    "Đề nghị các cơ quan rà soát, trả lời trên hệ thống Danh mục cơ sở dữ liệu "
    "dùng chung; nếu không có thay đổi thì "
    "xác nhận “không thay đổi”./."
)


def sending(sender: str, count: int) -> list[str]:
    """Return what an agency writes with a dossier of so many proposals."""
    asked = (
        f"{sender} đề nghị đơn vị quản lý Danh mục cơ sở dữ liệu dùng chung thẩm "
        f"định {count} phiếu đề nghị"
    )
    return [f"{asked} trong Phụ lục kèm theo.", _SENT]


def urging(title: str, text: str, due_on: date, today: date) -> list[str]:
    """Return what the department writes to agencies that have not answered in a
    campaign.
    """
    due = (
        f"Đợt rà soát “{title}” đề nghị các cơ quan trả lời chậm nhất "
        f"{layout.written(due_on)}."
    )
    late = f"Đến {layout.written(today)}, các cơ quan nêu trên chưa trả lời."
    return [f"{due} {late}", f"Nội dung đề nghị: {text}", _ASKED]


@dataclass(frozen=True)
class LetterText:
    """A letter: who writes (and under whom), to whom, about what; `annex` is (title,
    columns, widths in mm, rows).
    """

    above: str
    issuer: str
    symbol: str
    place: str
    about: str
    receivers: Sequence[str]
    paragraphs: Sequence[str]
    signer: str
    demonstration: bool
    annex: tuple[str, Sequence[str], Sequence[int], Sequence[Sequence[str]]] | None = (
        None
    )


def docx(letter: LetterText) -> bytes:
    """Return the draft of a letter, ready for a number, a day and a signature."""
    document = layout.begin(letter.about, letter.issuer)
    layout.heading(
        document,
        letter.above,
        letter.issuer,
        letter.symbol,
        letter.place,
        demonstration=letter.demonstration,
    )
    say(document, f"V/v {letter.about}", size=12, italic=True)
    if len(letter.receivers) == 1:
        say(document, f"Kính gửi: {letter.receivers[0]}", at=ALIGN.CENTER)
    else:
        say(document, "Kính gửi:", at=ALIGN.CENTER)
        for receiver in letter.receivers:
            say(document, f"- {receiver};", at=ALIGN.CENTER)
    for text in letter.paragraphs:
        say(document, text, at=ALIGN.JUSTIFY)
    layout.signature(document, ("- Như trên;", "- Lưu: VT."), [letter.signer])
    if letter.annex is not None:
        title, columns, widths, rows = letter.annex
        layout.landscape(document)
        say(document, "PHỤ LỤC", bold=True, at=ALIGN.CENTER)
        say(document, title.upper(), size=13, bold=True, at=ALIGN.CENTER)
        layout.table(document, columns, rows, widths)
    return layout.done(document)
