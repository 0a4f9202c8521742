"""The words that papers have in common: days, counts, symbols, legal bases, who signs.

NĐ 30/2020/NĐ-CP, Phụ lục I and II. Nothing here reads the register.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.vietnamese import clean

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
BLANK = NO_BREAK_SPACE * 6  # where a day or a month will be written
BLANK_NUMBER = NO_BREAK_SPACE * 9  # where the number will be
_TEN, _FEBRUARY = 10, 2
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
# words of an agency's name that give its symbol no letter
_SILENT = frozenset({"và", "của", "về", "các"})
# no paper is ordered by what is not among these: it comes last
RANKS = (
    "Luật",
    "Pháp lệnh",
    "Nghị quyết",
    "Nghị định",
    "Quyết định",
    "Thông tư",
    "Kế hoạch",
)
_LAWS = RANKS[:2]


def written(day: date) -> str:
    """Return a day as papers write it: “ngày 05 tháng 01 năm 2026”."""
    month = f"{day.month:02d}" if day.month <= _FEBRUARY else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def blank_day(year: int) -> str:
    """Return “ngày … tháng … năm 2026” where the day is not known yet."""
    return f"ngày{BLANK}tháng{BLANK}năm{NO_BREAK_SPACE}{year}"


def goes_with(kind: str, symbol: str, year: int, whose: str) -> str:
    """Return which paper an annex or a table goes with, its number and day still
    blank.
    """
    return f"Kèm theo {kind} số{BLANK_NUMBER}/{symbol} {blank_day(year)}\ncủa {whose}"


def short_day(day: date) -> str:
    """Return a day as cells of tables write it: 05/01/2026."""
    return f"{day:%d/%m/%Y}"


def counted(count: int) -> str:
    """Return a count; below ten with a zero before it."""
    return f"{count:02d}" if count < _TEN else f"{count}"


def roman(number: int) -> str:
    """Return a Roman number."""
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def small_first(text: str) -> str:
    """Return a sentence as part of another: its first letter small."""
    return text[:1].lower() + text[1:]


def capital_first(text: str) -> str:
    """Return a text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def some(count: int, words: str) -> str:
    """Return how many there are, in words where there is none: no paper counts to
    zero.
    """
    return f"{counted(count)} {words}" if count else f"không có {words}"


def symbol_of(name: str) -> str:
    """Return the symbol that the name of an agency or a unit gives: “SKHCN”, “UBND”.

    The heads of agencies decide on symbols; this is what stands where none is recorded.
    """
    if name.startswith("Ủy ban nhân dân"):
        return "UBND"
    if name.startswith("Hội đồng nhân dân"):
        return "HĐND"
    words = re.findall(r"\w+", name)
    return "".join(word[0].upper() for word in words if word.lower() not in _SILENT)


def two_lines(committee: str) -> tuple[str, str]:
    """Return the name of a People's Committee in the two lines of its head."""
    first = "Ủy ban nhân dân"
    return first, committee.removeprefix(first).strip()


# -- legal bases


@dataclass(frozen=True)
class Basis:
    """A legal basis to be printed. `words` are those of its own title page, “Nghị định
    số … của …”, None where nobody has read them there.

    `subject`: its title where a person has typed it from the original; `authority`: it
    gives the issuer the power to decide.
    """

    kind: str
    number: str
    issued: date | None
    issuer: str
    words: str | None
    subject: str = ""
    authority: bool = False

    @property
    def printable(self) -> bool:
        """Tell whether it can be printed without guessing."""
        return self.issued is not None and bool(self.words or self.subject)

    @property
    def short(self) -> str:
        """Return how it is named where it was named before."""
        if self.kind in _LAWS:
            return _law_name(self)
        return f"{self.kind} số {self.number}"


def _law_name(basis: Basis) -> str:
    """Return the name of a law without its number: “Luật Dữ liệu”."""
    if basis.words:
        return re.sub(r" số \d\S*$", "", basis.words)
    subject = basis.subject
    return subject if subject.startswith(basis.kind) else f"{basis.kind} {subject}"


def cited(basis: Basis) -> str:
    """Return “Căn cứ …” of one: a law by name and day alone, all others whole.

    ValueError for what is not `printable`.
    """
    if basis.issued is None or not basis.printable:
        raise ValueError(basis)
    when = written(basis.issued)
    if basis.kind in _LAWS:
        return f"Căn cứ {_law_name(basis)} {when}"
    if basis.words:
        return f"Căn cứ {basis.words}"
    whose = f" của {basis.issuer}" if basis.issuer else ""
    return (
        f"Căn cứ {basis.kind} số {basis.number} {when}{whose} "
        f"{small_first(basis.subject)}"
    )


def ordered(bases: Iterable[Basis]) -> list[Basis]:
    """Return legal bases as papers have them: by rank, within a rank what gives
    authority first, then by day.
    """

    def place(basis: Basis) -> tuple[int, bool, date]:
        rank = RANKS.index(basis.kind) if basis.kind in RANKS else len(RANKS)
        return rank, not basis.authority, basis.issued or date.min

    return sorted(bases, key=place)


# -- who signs


class Capacity(StrEnum):
    """How somebody signs: as the head, for the head, by order or mandate, as acting
    head.
    """

    HEAD = "dung-dau"
    DEPUTY = "ky-thay"
    BY_ORDER = "thua-lenh"
    MANDATED = "thua-uy-quyen"
    ACTING = "quyen"


@dataclass(frozen=True)
class Titles:
    """What the head and a deputy of an agency are called; `collective` where the body
    decides together.
    """

    head: str
    deputy: str
    collective: str = ""


COMMITTEE = Titles("Chủ tịch", "Phó Chủ tịch", "Ủy ban nhân dân")
CHAIRMAN = Titles("Chủ tịch", "Phó Chủ tịch")
# by the class of the agency in the register
TITLES = {
    "ubnd": COMMITTEE,
    "so": Titles("Giám đốc", "Phó Giám đốc"),
    "van-phong": Titles("Chánh Văn phòng", "Phó Chánh Văn phòng"),
    "thanh-tra": Titles("Chánh Thanh tra", "Phó Chánh Thanh tra"),
}
OTHERS = Titles("Thủ trưởng", "Phó Thủ trưởng")


def sign_off(titles: Titles, capacity: Capacity, own_title: str = "") -> list[str]:
    """Return the lines above a signature. `own_title`: of who signs by order or by
    mandate.
    """
    head, deputy = titles.head.upper(), titles.deputy.upper()
    above = [f"TM. {titles.collective.upper()}"] if titles.collective else []
    below = {
        Capacity.HEAD: [head],
        Capacity.DEPUTY: [f"KT. {head}", deputy],
        Capacity.BY_ORDER: [f"TL. {head}", own_title.upper()],
        Capacity.MANDATED: [f"TUQ. {head}", own_title.upper()],
        Capacity.ACTING: [f"Q. {head}"],
    }[capacity]
    return [*above, *below]


_LEARNED = re.compile(r"^(?:(?:PGS|GS|TS|ThS|BS|KS|CN)\.\s*)+", re.IGNORECASE)


def printed_name(name: str) -> str:
    """Return a name as papers print it: without academic titles."""
    return _LEARNED.sub("", clean(name))


# -- what no paper says

_TWICE = re.compile(r"\S  +\S")


def slips(texts: Sequence[str]) -> list[str]:
    """Return what is wrong with words that somebody wrote: abbreviations, what was
    left to fill in, double spaces.
    """
    wrong = []
    for text in texts:
        if re.search(r"\bCSDL\b(?!-\d)", text):
            wrong.append("Viết “cơ sở dữ liệu”, không viết tắt “CSDL”")
        left = re.search(r"[‹{][^›}]{0,60}[›}]?", text)
        if left:
            wrong.append(f"Còn chỗ chưa điền: “{left[0]}”")
        if _TWICE.search(text):
            wrong.append(f"Có hai dấu cách liền nhau: “{text[:60]}”")
    return list(dict.fromkeys(wrong))
