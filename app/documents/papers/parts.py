"""What a paper is made of: each paper is declared as its parts, in their order; `docx`
draws them.

Texts are what is read; how an element looks is its style's (`styles`). Lengths are mm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Head:
    """Who issues it, under whom, the motto, number and symbol, place and day.

    `issuer` may have lines; `symbol` is all after the slash. `about` is the matter of a
    letter, below its number. A `symbol` of "" and `dated` false leave out the number
    and the day: a form inside an agency, a table that goes with another paper.
    """

    issuer: Sequence[str]
    place: str
    year: int
    symbol: str = ""
    above: str = ""
    about: str = ""
    draft: bool = False
    dated: bool = True


@dataclass(frozen=True)
class Title:
    """What kind of paper it is and about what; `goes_with` names the paper that it goes
    with, in brackets.
    """

    kind: str
    subject: str
    goes_with: str = ""


@dataclass(frozen=True)
class Authority:
    """By whose authority a decision is made."""

    text: str


@dataclass(frozen=True)
class Bases:
    """The legal bases, each a line that ends with “;”, the last with “.”."""

    lines: Sequence[str]
    space_before: bool = False


@dataclass(frozen=True)
class Enacting:
    """“QUYẾT ĐỊNH:”."""


@dataclass(frozen=True)
class Article:
    """“Điều n.”, bold, then what it says; `held`: stays with what follows."""

    number: int
    text: str
    heading: bool = False
    held: bool = False


@dataclass(frozen=True)
class Text:
    """A paragraph of the body."""

    text: str
    held: bool = False
    after_table: bool = False


@dataclass(frozen=True)
class Section:
    """“I. …”, in bold."""

    text: str
    after_table: bool = False


@dataclass(frozen=True)
class Clause:
    """“1. …” as a heading, in bold."""

    text: str


@dataclass(frozen=True)
class Receivers:
    """“Kính gửi:”."""

    names: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, its width, whether its cells are centred."""

    head: str
    width: float
    centred: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table; `held`: stays with the next."""

    cells: Sequence[str]
    bold: bool = False
    least_height: float = 0  # points
    held: bool = False


@dataclass(frozen=True)
class Group:
    """A row over the whole width that says what the rows below it have in common."""

    text: str


@dataclass(frozen=True)
class Block:
    """Rows that stay together: `shared` cells (by column) reach over all of them."""

    shared: Mapping[int, str]
    lines: Sequence[Mapping[int, str]]


@dataclass(frozen=True)
class Table:
    """A ruled table, which fills the width of the text.

    `over` (head, first column, last column) puts a second head above some columns.
    """

    columns: Sequence[Column]
    rows: Sequence[Row | Group | Block]
    over: tuple[str, int, int] | None = None


@dataclass(frozen=True)
class Key:
    """What the signs in the table below mean."""

    text: str


@dataclass(frozen=True)
class Closing:
    """What an annex ends with, below its table."""

    text: str


@dataclass(frozen=True)
class Signature:
    """Who receives it and who signs, side by side. `receivers` without dash or
    semicolon.
    """

    receivers: Sequence[str]
    lines: Sequence[str]
    name: str


@dataclass(frozen=True)
class Signatures:
    """Several who sign, side by side, each with (lines, name); `gap` points are left
    for a signature. `receivers` stand below, where there are any.
    """

    signers: Sequence[tuple[Sequence[str], str]]
    gap: float = 60
    receivers: Sequence[str] = ()


@dataclass(frozen=True)
class Boxes:
    """Bordered boxes to write in by hand, each with (head, width, what stands at its
    foot); `height` in mm.
    """

    boxes: Sequence[tuple[str, float, str]]
    height: float


@dataclass(frozen=True)
class Annex:
    """An annex begins: pages of its own. `number` is Roman, "" where there is one."""

    name: str
    goes_with: str
    number: str = ""
    lying: bool = True


Part = (
    Head
    | Title
    | Authority
    | Bases
    | Enacting
    | Article
    | Text
    | Section
    | Clause
    | Receivers
    | Table
    | Key
    | Closing
    | Signature
    | Signatures
    | Boxes
    | Annex
)


@dataclass(frozen=True)
class Paper:
    """One paper: its parts, and what a program is told about it.

    `names` are never parted at the end of a centred line. `demonstration` writes on
    each page that the data are made up.
    """

    title: str
    author: str
    parts: Sequence[Part]
    demonstration: bool
    lying: bool = False
    line: float = 1.0
    names: Sequence[str] = field(default=())
    made_on: date = date(2020, 1, 1)
