"""How each element of a paper looks: NĐ 30/2020/NĐ-CP, Phụ lục I, and what it leaves
open.

Every paragraph bears one of these styles; the text itself says nothing about looks.
"""

from dataclasses import dataclass
from enum import StrEnum

FONT = "Times New Roman"
FIRST_LINE = 12.7  # mm; 10 or 12.7 are allowed
LEFT, RIGHT, TOP, BOTTOM = 30, 15, 20, 20  # mm
NUMBER_FROM_EDGE, MARK_FROM_EDGE = 10, 8  # mm
ILLUSTRATIVE = "Dữ liệu minh họa - không phải văn bản của cơ quan nhà nước"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
RULE = 0.36  # of the text above a rule; a third to a half is allowed


class Side(StrEnum):
    """Where the lines of a paragraph stand."""

    LEFT = "left"
    CENTRE = "center"
    JUSTIFIED = "both"


@dataclass(frozen=True)
class Style:
    """Size and spaces in points, first line in mm; `flowing` text has the paper's line
    spacing, `held` stays with what follows.
    """

    size: float
    side: Side
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 0
    first_line: float = 0
    held: bool = False
    flowing: bool = False


_C, _L, _J = Side.CENTRE, Side.LEFT, Side.JUSTIFIED
STYLES: dict[str, Style] = {
    "vb-quoc-hieu": Style(12, _C, bold=True),
    "vb-tieu-ngu": Style(13, _C, bold=True),
    "vb-chu-quan": Style(12, _C),
    "vb-co-quan": Style(12, _C, bold=True),
    "vb-so": Style(13, _C, before=4),
    "vb-vv": Style(12, _C, before=6),
    "vb-du-thao": Style(13, _C, bold=True, before=6),
    "vb-dia-danh": Style(13, _C, italic=True, before=4),
    "vb-ten-loai": Style(14, _C, bold=True, before=14, held=True),
    "vb-trich-yeu": Style(14, _C, bold=True, held=True),
    "vb-ke": Style(2, _L, before=3, held=True),
    "vb-tham-quyen": Style(14, _C, bold=True, before=12, after=8, held=True),
    "vb-can-cu": Style(
        14, _J, italic=True, after=6, first_line=FIRST_LINE, flowing=True
    ),
    "vb-lenh": Style(14, _C, bold=True, before=6, after=6, held=True),
    "vb-dieu": Style(14, _J, after=6, first_line=FIRST_LINE, flowing=True),
    "vb-noi-dung": Style(14, _J, after=6, first_line=FIRST_LINE, flowing=True),
    "vb-muc": Style(
        14,
        _J,
        bold=True,
        before=4,
        after=6,
        first_line=FIRST_LINE,
        held=True,
        flowing=True,
    ),
    "vb-khoan": Style(
        14, _J, bold=True, after=6, first_line=FIRST_LINE, held=True, flowing=True
    ),
    "vb-kinh-gui": Style(14, _L, before=12, after=12),
    "vb-kinh-gui-dong": Style(14, _L),
    "vb-noi-nhan": Style(12, _L, bold=True, italic=True),
    "vb-noi-nhan-dong": Style(11, _L),
    "vb-quyen-han": Style(14, _C, bold=True, held=True),
    "vb-ho-ten": Style(14, _C, bold=True, before=76),
    "vb-phu-luc": Style(14, _C, bold=True, held=True),
    "vb-ten-phu-luc": Style(14, _C, bold=True, held=True),
    "vb-kem-theo": Style(13, _C, italic=True, held=True),
    "vb-ghi-chu-bang": Style(12, _L, italic=True, before=6, after=4, held=True),
    "vb-bang-dau": Style(11, _C, bold=True, before=1, after=1, held=True),
    "vb-bang-nhom": Style(11, _L, bold=True, before=1, after=1, held=True),
    "vb-bang": Style(11, _L, before=1, after=1),
    "vb-bang-giua": Style(11, _C, before=1, after=1),
    "vb-bang-dam": Style(11, _C, bold=True, before=1, after=1),
    "vb-so-trang": Style(14, _C),
    "vb-minh-hoa": Style(10, _C, italic=True),
}
