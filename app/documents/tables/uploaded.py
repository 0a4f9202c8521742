"""A file that an agency sent, read as its plan says: which column is what, which lines
are rows all the same, whether old letters are turned.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.documents.tables import finding, headings, mapping
from app.documents.tables.finding import Located, heading_key
from app.documents.tables.headings import (
    ANSWER,
    IDENTIFIER,
    ITEM_NAMES,
    ITEMS,
    Column,
)
from app.documents.tables.lookup import Lookup
from app.documents.tables.rows import read_row
from app.documents.tables.sheets import Book
from app.documents.tables.workbook import Editable, editable
from app.errors import InvalidError
from app.register.content import facts
from app.vietnamese import fold
from app.workflow.uploads.rows import Compared, ReadRow
from catalog_schema.profile import Kind


class OldLetters(StrEnum):
    """What becomes of texts that were not written in Unicode."""

    TURN = "turn"
    KEEP = "keep"


@dataclass(frozen=True)
class Plan:
    """How a file is read: `columns` by table and place, where somebody said other than
    was guessed; `taken` lines that are rows although they do not look so; `letters`
    what somebody said of old letters, None where nobody was asked or answered;
    `choices` what was said of doubted rows.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    taken: Collection[tuple[str, int]] = ()
    letters: "OldLetters | None" = None
    choices: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        """Return the plan that an upload keeps."""
        return cls(
            kept.get("columns", {}),
            [(sheet, line) for sheet, line in kept.get("taken", ())],
            OldLetters(kept["letters"]) if kept.get("letters") else None,
            kept.get("choices", {}),
        )

    def kept(self) -> dict[str, Any]:
        """Return it as an upload keeps it."""
        return {
            "columns": dict(self.columns),
            "taken": [list(one) for one in self.taken],
            "letters": self.letters,
            "choices": dict(self.choices),
        }


@dataclass(frozen=True)
class PlannedTable:
    """A table of the file with its columns; `sure` unless a column has to be looked
    at.
    """

    place: int
    located: Located
    columns: Sequence[Column]

    @property
    def sure(self) -> bool:
        """Whether every column is known."""
        return all(column.sure for column in self.columns)

    @property
    def unused(self) -> list[str]:
        """The headings of columns that hold something and are not used, but for those
        that count the rows; of hidden ones that is said.
        """
        hidden = self.located.sheet.hidden_columns
        return [
            f"{column.heading or '–'} (cột ẩn)" if place in hidden else column.heading
            for place, column in enumerate(self.columns)
            if not column.header
            and (column.heading or place in hidden)
            and not headings.counts_rows(column.heading)
            and _holds(self.located, place)
        ]

    def sample(self, place: int) -> list[str]:
        """Return what a column holds, some values of it."""
        values = (
            line[place] for _number, line in self.located.lines[1:] if place < len(line)
        )
        return list(dict.fromkeys(value for value in values if value))[:3]


def tables(
    kind: Kind, book: Book, plan: Plan, remembered: Mapping[str, str]
) -> list[PlannedTable]:
    """Return the tables of a file with their columns: as somebody said, as the agency
    had them in earlier files, as they seem. Those that name nothing are left out where
    others do. InvalidError for a file without any row.
    """
    found = finding.locate(book, headings.known(kind), plan.taken)
    planned = [
        PlannedTable(place, located, _columns(kind, place, located, plan, remembered))
        for place, located in enumerate(found)
    ]
    if not any(len(table.located.lines) > 1 for table in planned):
        raise InvalidError("Tệp không có dòng nào dưới tiêu đề")
    naming = [table for table in planned if not table.sure or _names(kind, table)]
    return naming or planned


def _names(kind: Kind, table: PlannedTable) -> bool:
    """Tell whether the rows of a table say what they are about: those of a list of
    values to choose from do not.
    """
    headers = {column.header for column in table.columns}
    titles = {IDENTIFIER, kind.title_field, f"{kind.title_field}.vi"}
    return not headers.isdisjoint(titles)


def _columns(
    kind: Kind,
    table: int,
    located: Located,
    plan: Plan,
    remembered: Mapping[str, str],
) -> list[Column]:
    """Return the columns of a table, those that hold anything without a heading too."""
    heading = list(located.lines[0][1])
    widest = max(len(line) for _number, line in located.lines)
    heading += [""] * (widest - len(heading))
    guesses = headings.read(kind, heading)
    said = {
        place: plan.columns[f"{table}.{place}"]
        for place in range(len(guesses))
        if f"{table}.{place}" in plan.columns
    }
    columns = [*guesses]
    used = set[str]()

    def how_surely(place: int) -> tuple[bool, bool]:
        return place not in said, not guesses[place].sure

    for place in sorted(range(len(guesses)), key=how_surely):
        column = _column(located, place, guesses[place], said.get(place), remembered)
        if column.header in used:  # of two that say the same, the surer one does
            column = Column(column.heading, "", sure=False)
        used |= {column.header} - {""}
        columns[place] = column
    return columns


def _column(
    located: Located,
    place: int,
    guessed: Column,
    said: str | None,
    remembered: Mapping[str, str],
) -> Column:
    """Return a column as somebody said, as it was in earlier files, as it seems. One
    that is hidden is left out until somebody says what it is.
    """
    if said is not None:
        return Column(guessed.heading, said, sure=True)
    if place in located.sheet.hidden_columns:
        return Column(guessed.heading, "", sure=False)
    earlier = remembered.get(heading_key(guessed.heading), "")
    # of an item and of the whole a heading may say two things
    alike = earlier.startswith(f"{ITEMS}.") is guessed.header.startswith(f"{ITEMS}.")
    if earlier and (alike or not guessed.sure):
        return Column(guessed.heading, earlier, sure=True)
    if not guessed.heading and _holds(located, place):  # nobody can tell what
        return Column(guessed.heading, guessed.header, sure=False)
    return guessed


def _holds(located: Located, place: int) -> bool:
    """Tell whether a column holds anything below its heading."""
    rows = located.lines[1:]
    return any(place < len(line) and line[place] for _number, line in rows)


def learned(planned: Sequence[PlannedTable]) -> dict[str, str]:
    """Return what each heading of a file was read as, to be remembered."""
    return {
        heading_key(column.heading): column.header
        for table in planned
        for column in table.columns
        if column.heading and (column.header or column.sure)
    }


def read_rows(
    lookup: Lookup, kind: Kind, planned: Sequence[PlannedTable]
) -> list[ReadRow]:
    """Return what the rows of a file say, in its order; MalformedError for a table with
    two columns of one field.
    """
    found: list[ReadRow] = []
    for table in planned:
        columns = [column.header for column in table.columns]
        plan = mapping.ColumnMapping(columns, {})
        for row in mapping.rows(kind, table.located.lines, plan):
            if not row.cells:
                continue
            sheet = table.located.sheet.name
            read = read_row(lookup, kind, row, sheet=sheet, columns=columns)
            place = _of_items(kind, columns, found, read)
            if place is None:
                found.append(read)
            else:
                found[place] = _with_items(found[place], read)
    return found


def _of_items(
    kind: Kind, columns: Sequence[str], found: Sequence[ReadRow], row: ReadRow
) -> int | None:
    """Return the place of the database that a row of another table lists items of: one
    that says nothing else of it than its name or identifier. None for any other row.
    """
    title = f"{kind.title_field}.vi"
    rest = set(columns) - {"", title, IDENTIFIER}
    if ITEM_NAMES not in rest or any(not one.startswith(f"{ITEMS}.") for one in rest):
        return None
    wanted = fold(facts.title(kind, row.content)), row.identifier
    for place, above in enumerate(found):
        same = fold(facts.title(kind, above.content)), above.identifier
        if above.sheet != row.sheet and (
            wanted[0] == same[0] or (wanted[1] and wanted[1] == same[1])
        ):
            return place
    return None


def _with_items(above: ReadRow, row: ReadRow) -> ReadRow:
    """Return a row with the items that another lists."""
    items = [*above.content.get(ITEMS, ()), *row.content.get(ITEMS, ())]
    content = {**above.content, ITEMS: items}
    errors = [*above.errors, *row.errors]
    return replace(above, content=content, errors=errors)


def returned(
    kind: Kind, planned: Sequence[PlannedTable], faulty: Sequence[Compared]
) -> bytes:
    """Return a new workbook with the headings and rows that have faults, each fault as
    a comment on its cell, and what other tables list of their items; nothing else of
    what was sent.
    """
    by_key = {compared.row.key: compared for compared in faulty}
    titles = {fold(compared.title) for compared in faulty}
    pages = []
    for table in planned:
        rows: list[list[str]] = []
        comments: dict[tuple[int, int], str] = {}
        for number, line in table.located.lines[1:]:
            compared = by_key.get(f"{table.located.sheet.name}!{number}")
            if compared is None and not _lists_items_of(table, line, titles):
                continue
            told = _comments(kind, table, compared) if compared else {}
            for place, said in told.items():
                comments[len(rows), place] = said
            left_out = len(table.columns) - len(line)
            rows.append([*line, *[""] * left_out])
        if rows:
            heads = [column.heading for column in table.columns]
            pages.append(Editable(f"Dòng lỗi {table.place + 1}", heads, rows, comments))
    return editable(pages)


def _lists_items_of(
    table: PlannedTable, line: Sequence[str], titles: Collection[str]
) -> bool:
    """Tell whether a line of a table of items is about one of these, by title."""
    headers = [column.header for column in table.columns]
    if ITEM_NAMES not in headers:
        return False
    cells = zip(headers, line, strict=False)
    return any(fold(cell) in titles for header, cell in cells if header and cell)


def _comments(kind: Kind, table: PlannedTable, compared: Compared) -> dict[int, str]:
    """Return what is said of each column of a faulty row; what is about no column of
    the table stands at the first.
    """
    named = headings.labels(kind)
    found: dict[int, list[str]] = {}
    for error in compared.errors:
        place = column_of(table, error.field)
        label = named.get(error.field.removesuffix(".vi"), "")
        message = error.message if place is not None else f"{label}: {error.message}"
        found.setdefault(place or 0, []).append(message.strip(": "))
    return {place: "\n".join(messages) for place, messages in found.items()}


def column_of(table: PlannedTable, name: str) -> int | None:
    """Return the place of the column that a fault is in, None for none."""
    bare = name.removesuffix(".vi")
    for place, column in enumerate(table.columns):
        header = column.header.partition(ANSWER)[0].removesuffix(".vi")
        if header and (bare == header or bare.startswith(f"{header}.")):
            return place
    group = bare.partition(".")[0]
    for place, column in enumerate(table.columns):
        if column.header.partition(".")[0] == group and column.header:
            return place
    return None
