"""What goes up to the People's Committee with a draft decision (“bộ hồ sơ trình”): one
archive of papers.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

from app.documents.papers import layout
from app.documents.papers.layout import say

REPORTED = (
    "STT",
    "Phiếu",
    "Tên",
    "Cơ quan lập",
    "Đề nghị",
    "Số lượt",
    "Ý kiến thẩm định",
    "Phê duyệt",
)
_WIDTHS = (13, 17, 66, 46, 28, 15, 38, 34)
# of every file inside, so that the same papers give the same bytes
_MOMENT = (
    2020,
    1,
    1,
    0,
    0,
    0,
)


@dataclass(frozen=True)
class Submission:
    """What the papers say: the decision's title and issuer, who proposes, what was
    examined (rows without numbers).
    """

    title: str
    issuer: str
    proposer: str
    place: str
    bases: Sequence[str]
    effective_from: date
    rows: Sequence[Sequence[str]]
    consulted: int
    demonstration: bool


def proposal(said: Submission) -> bytes:
    """Return the letter that puts the draft before the People's Committee (“tờ trình”)
    as DOCX.
    """
    document = layout.begin(f"Tờ trình: {said.title}", said.proposer)
    layout.heading(
        document,
        said.issuer,
        said.proposer,
        "TTr",
        said.place,
        demonstration=said.demonstration,
    )
    for line in ("TỜ TRÌNH", f"Về việc {said.title[:1].lower()}{said.title[1:]}"):
        say(document, line, bold=True, at=ALIGN.CENTER)
    say(document, f"Kính gửi: {said.issuer}", at=ALIGN.CENTER)
    for basis in said.bases:
        say(document, f"Căn cứ {basis};", italic=True, at=ALIGN.JUSTIFY)
    heard = (
        f" Đã lấy ý kiến {said.consulted} lượt cơ quan, tổng hợp kèm theo."
        if said.consulted
        else ""
    )
    done = (
        f"{said.proposer} đã thẩm định {len(said.rows)} phiếu đề nghị của các cơ quan"
    )
    asked = f"Kính trình {said.issuer} xem xét, ban hành Quyết định kèm Phụ lục"
    say(
        document,
        f"{done}, kết quả trong báo cáo thẩm định kèm theo.{heard}",
        at=ALIGN.JUSTIFY,
    )
    say(
        document,
        f"{asked}, có hiệu lực từ {layout.written(said.effective_from)}./.",
        at=ALIGN.JUSTIFY,
    )
    layout.signature(document, ("- Như trên;", "- Lưu: VT."), ["THỦ TRƯỞNG ĐƠN VỊ"])
    return layout.done(document)


def report(said: Submission) -> bytes:
    """Return the report on the examination (“báo cáo thẩm định”) as DOCX."""
    document = layout.begin(
        f"Báo cáo thẩm định: {said.title}", said.proposer, lying=True
    )
    layout.heading(
        document,
        said.issuer,
        said.proposer,
        "BC",
        said.place,
        demonstration=said.demonstration,
    )
    for line in ("BÁO CÁO THẨM ĐỊNH", said.title):
        say(document, line, bold=True, at=ALIGN.CENTER)
    rows = [[str(number), *row] for number, row in enumerate(said.rows, start=1)]
    layout.table(document, REPORTED, rows, _WIDTHS)
    return layout.done(document)


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the papers as one ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, _MOMENT), data)
    return stream.getvalue()
