"""From the structure of a database to its data items: `CREATE TABLE` of PostgreSQL, SQL
Server, Oracle or MySQL, or the heading of a spreadsheet.

A table becomes an item: its comment or name, its columns with types and keys, which of
them are likely personal data. `parse` is what runs in the sandbox.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from app.sandbox import Limits, RefusedError, Sandbox
from app.vietnamese import fold

MAX_TEXT = 200_000  # characters
MOST_STATEMENTS = 1_000
_LEAST_NAMES = 4  # cells of a heading that stands alone; fewer are a row of the grid
_HEADING = "Tên hạng mục\tÝ nghĩa"
_MOST_COLUMNS = 60  # of an item that are named
# what it says of a statement that it cannot read, nobody would see
logging.getLogger("sqlglot").disabled = True
DIALECTS = ("postgres", "tsql", "oracle", "mysql")
_STATEMENT = re.compile(
    r"\bcreate\s+(?:\w+\s+){0,3}table\b|\bcomment\s+on\s+(?:table|column)\b",
    re.IGNORECASE,
)
# of constraints of Oracle and SQL Server
_ENABLED = re.compile(r"\b(?:enable|(?:non)?clustered)\b", re.IGNORECASE)
_COMMENT = re.compile(r"\bcomment\s*=?\s*'(?:[^']|'')*'", re.IGNORECASE)  # MySQL's
# the end of a statement: a semicolon at the end of a line or of all, a line of GO, the
# next statement
_END = re.compile(
    r";\s*(?:$|\n)|;(?=\s*(?:create|comment|alter|set|insert)\b)|^\s*go\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_DDL = re.compile(r"\bcreate\s+(?:\w+\s+)*?table\b", re.IGNORECASE)
# names of columns as people write them, without marks, that are about somebody
_PERSONAL = re.compile(
    r"\b(?:ho ?ten|ho va ten|full ?name|ngay ?sinh|birth|dob|cccd|cmnd|cmt"
    r"|so ?dinh ?danh|passport|ho ?chieu|dia ?chi|address|dien ?thoai|phone|sdt|email"
    r"|gioi ?tinh|gender|dan ?toc|ton ?giao|quoc ?tich|tai ?khoan|benh|suc ?khoe"
    r"|van ?tay|anh ?chan ?dung)\b"
)
_TYPES = (
    ("geo|point|polygon|sdo", "hình học"),
    ("char|text|clob|string", "văn bản"),
    ("bool|bit", "có, không"),
    ("date|time", "ngày, giờ"),
    ("int|num|dec|float|double|money|real|serial", "số"),
    ("blob|binary|bytea|image|raw", "tệp"),
    ("json|xml", "cấu trúc"),
)


@dataclass(frozen=True)
class ColumnOfTable:
    """A column: its name, comment ("" without one), type in words, whether it is of the
    key.
    """

    name: str
    comment: str
    type: str
    key: bool

    @property
    def personal(self) -> bool:
        """Whether its name is one of those that are about somebody."""
        words = fold(f"{self.name} {self.comment}").replace("_", " ")
        return _PERSONAL.search(words) is not None


@dataclass(frozen=True)
class TableOfDatabase:
    """A table: its name, comment ("" without one), its columns."""

    name: str
    comment: str
    columns: Sequence[ColumnOfTable]


def is_ddl(text: str) -> bool:
    """Tell whether a text creates tables."""
    return _DDL.search(text) is not None


def pasted(text: str) -> str:
    """Return what somebody pasted as lines of a table of data items: tables that are
    created, each an item; the cells of a heading that stands alone, each an item;
    anything else as it is. InvalidError for tables that cannot be read.
    """
    if is_ddl(text):
        return "\n".join(_lines(_read(text)))
    lines = [line for line in text.splitlines() if line.strip()]
    names = [cell.strip() for cell in lines[0].split("\t")] if len(lines) == 1 else []
    if len(names) < _LEAST_NAMES or not all(names):
        return text
    return "\n".join([_HEADING, *names])


def _lines(tables: Iterable[TableOfDatabase]) -> Iterator[str]:
    yield _HEADING
    for table in tables:
        name = table.comment or table.name.replace("_", " ").strip()
        yield f"{name}\t{_told(table)}".replace("\n", " ")


def _told(table: TableOfDatabase) -> str:
    """Return the columns of a table in words."""
    columns = []
    for column in table.columns[:_MOST_COLUMNS]:
        words = [column.type] if column.type else []
        words += ["khóa"] if column.key else []
        said = f" ({', '.join(words)})" if words else ""
        columns.append(f"{column.comment or column.name}{said}")
    left = len(table.columns) - _MOST_COLUMNS
    if left > 0:
        columns.append(f"và {left} cột khác")
    personal = [one.comment or one.name for one in table.columns if one.personal]
    told = f"Gồm: {'; '.join(columns)}."
    if personal:
        told += f" Có thể là dữ liệu cá nhân: {', '.join(personal)}."
    return told


def _read(text: str) -> list[TableOfDatabase]:
    found = []
    for table in json.loads(_sandbox().run(text[: MAX_TEXT + 1].encode())):
        columns = [ColumnOfTable(**column) for column in table["columns"]]
        found.append(TableOfDatabase(table["name"], table["comment"], columns))
    return found


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    return Sandbox(
        "app.documents.tables.structure:parse", Limits(cpu=2, wall=4), slots=1
    )


def parse(data: bytes) -> bytes:
    """Return the tables that a text creates, as JSON; RefusedError says why not."""
    text = data.decode()
    if len(text) > MAX_TEXT:
        raise RefusedError("Đoạn SQL quá dài; dán từng phần")
    statements = _statements(text)
    if len(statements) > MOST_STATEMENTS:
        raise RefusedError("Đoạn SQL có quá nhiều lệnh; dán từng phần")
    read = [_tables(statements, dialect) for dialect in DIALECTS]
    tables = max(read, key=lambda found: sum(len(one.columns) for one in found))
    if not tables:
        raise RefusedError(
            "Không đọc được bảng nào trong đoạn SQL; dán lệnh CREATE TABLE"
        )
    return json.dumps([asdict(table) for table in tables]).encode()


def _statements(text: str) -> list[str]:
    """Return the statements that create or comment on tables, each alone, so that what
    stands between them cannot hide them.
    """
    found = []
    for start in _STATEMENT.finditer(text):
        end = _END.search(text, start.end())
        whole = text[start.start() : end.start() if end else len(text)]
        found.append(_ENABLED.sub("", _without_storage(whole)))
    return found


def _without_storage(statement: str) -> str:
    """Return a statement without what follows the bracket of the columns (where and how
    the table is kept), but for its comment.
    """
    depth = 0
    for place, char in enumerate(statement):
        depth += (char == "(") - (char == ")")
        if char == ")" and depth == 0:
            rest = _COMMENT.search(statement, place + 1)
            return statement[: place + 1] + (f" {rest[0]}" if rest else "")
    return statement


def _tables(statements: Sequence[str], dialect: str) -> list[TableOfDatabase]:
    """Return what one dialect reads; what it cannot read is left out."""
    tables: dict[str, TableOfDatabase] = {}
    for text in statements:
        try:
            statement = sqlglot.parse_one(text, read=dialect)
        except (SqlglotError, RecursionError):
            continue
        if isinstance(statement, exp.Create) and statement.kind == "TABLE":
            table = _table(statement)
            tables[table.name.lower()] = table
        elif isinstance(statement, exp.Comment):
            _note(tables, statement)
    return [table for table in tables.values() if table.columns]


def _table(statement: exp.Create) -> TableOfDatabase:
    keys = {
        column.name.lower()
        for key in statement.find_all(exp.PrimaryKey)
        for column in key.find_all(exp.Identifier)
    }
    columns = [_column(column, keys) for column in statement.find_all(exp.ColumnDef)]
    told = statement.find(exp.SchemaCommentProperty)
    named = statement.find(exp.Table)
    comment = told.this.name if told is not None else ""
    return TableOfDatabase(named.name if named else "", comment, columns)


def _column(column: exp.ColumnDef, keys: set[str]) -> ColumnOfTable:
    comment = column.find(exp.CommentColumnConstraint)
    key = column.find(exp.PrimaryKeyColumnConstraint) is not None
    kind = column.kind.sql().lower() if column.kind is not None else ""
    words = (words for pattern, words in _TYPES if re.search(pattern, kind))
    return ColumnOfTable(
        column.name,
        comment.this.name if comment is not None else "",
        next(words, ""),
        key or column.name.lower() in keys,
    )


def _note(tables: dict[str, TableOfDatabase], statement: exp.Comment) -> None:
    """Take a comment that stands apart: `COMMENT ON TABLE … IS …`, `ON COLUMN …`."""
    text, about = statement.expression.name, statement.this
    if statement.args.get("kind") == "TABLE" and about.name.lower() in tables:
        table = tables[about.name.lower()]
        tables[table.name.lower()] = replace(table, comment=text)
    elif isinstance(about, exp.Column) and about.table.lower() in tables:
        table = tables[about.table.lower()]
        columns = [
            replace(one, comment=text)
            if one.name.lower() == about.name.lower()
            else one
            for one in table.columns
        ]
        tables[table.name.lower()] = replace(table, columns=columns)


def warm() -> None:
    """Load everything that reading needs, since nothing can be loaded later."""
    parse(b"CREATE TABLE a (id int PRIMARY KEY, b varchar(10) COMMENT 'c');")
    parse(b"CREATE TABLE a (id int); COMMENT ON TABLE a IS 'x'; GO")
    parse(b"CREATE TABLE [b] ([i] [int] IDENTITY(1,1)); COMMENT ON COLUMN b.i IS 'y';")
