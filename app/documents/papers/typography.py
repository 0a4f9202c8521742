"""How wide Times New Roman is, where a line falls, and where a centred one is parted.

What is drawn on a paper by the length of a text (a rule below a name, a hanging indent)
needs that length before any program sets the text. Widths are thousandths of the size.
"""

import re
import unicodedata
from collections.abc import Sequence

from app.workflow.official_words import NO_BREAK_SPACE

_MM_OF_POINT = 25.4 / 72
_USUAL = 500  # the width of what is not listed
_UPRIGHT = {
    250: " .,",
    278: "ijlt;:/",
    333: "frI-()",
    389: "sJ",
    444: "acez“”",
    529: "ơ",
    542: "ư",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "wADGHKNOQUVXYĐƠ",
    776: "Ư",
    778: "m",
    889: "M",
    944: "W",
}
_HEAVY = {
    250: " .,",
    278: "il/",
    333: "fjt;:-()",
    389: "sI",
    444: "cerz",
    554: "ơ",
    556: "bdhknpquSđ",
    600: "ư",
    611: "FP",
    667: "BELTZ",
    722: "wACDNRUVXYĐ",
    778: "GHKOQƠ",
    796: "Ư",
    833: "m",
    944: "M",
    1000: "W",
}


def _by_letter(groups: dict[int, str]) -> dict[str, int]:
    return {letter: width for width, letters in groups.items() for letter in letters}


_WIDTHS = {False: _by_letter(_UPRIGHT), True: _by_letter(_HEAVY)}
_HORN = "\N{COMBINING HORN}"
_HORNED = {"o": "ơ", "O": "Ơ", "u": "ư", "U": "Ư"}

# never parted at the end of a centred line
_TERMS = (
    "cơ sở dữ liệu",
    "dữ liệu",
    "dùng chung",
    "danh mục",
    "quyết định",
    "dự thảo",
    "tờ trình",
    "công văn",
    "ý kiến",
    "ban hành",
    "kèm theo",
    "sửa đổi",
    "bổ sung",
    "tiếp thu",
    "giải trình",
    "góp ý",
    "nội dung",
    "thẩm định",
    "đính chính",
    "chia sẻ",
    "khai thác",
    "thu thập",
    "cập nhật",
    "phạm vi",
    "cơ chế",
    "phương thức",
    "hình thức",
    "hạng mục",
    "ghi chú",
    "chủ quản",
    "Ủy ban nhân dân",
    "Khoa học và Công nghệ",
    "Nông nghiệp và Môi trường",
    "Giáo dục và Đào tạo",
    "Dân tộc và Tôn giáo",
    "Văn hóa, Thể thao và Du lịch",
)
# where the sense parts: a line may begin with one of these
_JOINTS = frozenset(
    "của ban kèm về giữa đối theo tại và từ vào năm trong cho".split()  # noqa: SIM905
)
_ROUGH = 0.15  # what parting elsewhere costs, beside the unlike lengths of lines
_MOST_LINES = 6
_GLUE = "\0"
# a day in words, a number with its sign
_WHOLE = re.compile(r"ngày \d+ tháng \d+ năm \d+|số \d\S*")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is in mm; marks of tone and vowel widen no letter."""
    widths = _WIDTHS[bold]
    plain = text.replace(NO_BREAK_SPACE, " ")
    total = sum(widths.get(_base(letter), _USUAL) for letter in plain)
    return total / 1000 * size * _MM_OF_POINT


def _base(letter: str) -> str:
    if letter in "đĐơƠưƯ":
        return letter
    marks = unicodedata.normalize("NFD", letter)
    return _HORNED[marks[0]] if _HORN in marks else marks[0]


def lines(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Return the lines into which a text falls in `room` mm."""
    fallen = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and width(longer, size, bold=bold) > room:
                fallen.append(line)
                longer = word
            line = longer
        fallen.append(line)
    return fallen


def balanced(
    text: str, room: float, size: float, *, bold: bool, names: Sequence[str] = ()
) -> list[str]:
    """Return centred text in as few lines as fit `room` mm, of like length.

    They are parted where the sense parts and never within a term or one of `names`; a
    line break parts always.
    """
    parted: list[str] = []
    for part in text.split("\n"):
        words = _words(part, names)
        for count in range(1, _MOST_LINES + 1):
            found = _best(words, count, room, size, bold=bold)
            if found is not None:
                parted += found
                break
        else:
            parted += lines(part, room, size, bold=bold)
    return parted


def _words(text: str, names: Sequence[str]) -> list[str]:
    """Return the pieces between which a line may end."""
    glued = text
    for phrase in (*names, *_TERMS):
        glued = re.sub(
            re.escape(phrase),
            lambda term: term[0].replace(" ", _GLUE),
            glued,
            flags=re.IGNORECASE,
        )
    glued = _WHOLE.sub(lambda whole: whole[0].replace(" ", _GLUE), glued)
    return [word.replace(_GLUE, " ") for word in glued.split(" ")]


def _best(
    words: Sequence[str], count: int, room: float, size: float, *, bold: bool
) -> list[str] | None:
    """Return the words in so many lines, at the least cost; None where they do not
    fit.

    `least[n]` is, for the lines so far, what the first n words cost at best.
    """
    mean = width(" ".join(words), size, bold=bold) / count or 1
    least: dict[int, tuple[float, list[str]]] = {0: (0, [])}
    for _line in range(count):
        longer: dict[int, tuple[float, list[str]]] = {}
        for begin, (cost, above) in least.items():
            for end in range(begin + 1, len(words) + 1):
                line = " ".join(words[begin:end])
                long = width(line, size, bold=bold)
                if long > room:
                    break
                unlike = ((long - mean) / mean) ** 2
                rough = bool(begin) and words[begin].lower() not in _JOINTS
                total = cost + unlike + (_ROUGH if rough else 0)
                if end not in longer or total < longer[end][0]:
                    longer[end] = (total, [*above, line])
        least = longer
    return least[len(words)][1] if len(words) in least else None
