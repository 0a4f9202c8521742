"""PostgreSQL behind the search port, for several machines: a table of tokens as
`tsvector`, with a GIN index.

The tokens are the register's own, so no configuration of PostgreSQL's text search and
no extension is used. Counting stops at MOST_COUNTED. A table that another analysis or
other fields made is not read.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    DDL,
    Column,
    ColumnElement,
    Connection,
    Index,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    create_engine,
    delete,
    false,
    func,
    inspect,
    literal,
    make_url,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema, DropTable

from app.errors import IndexLostError, UnavailableError
from app.search.digest import LEVELS, digest, fact, made_by
from app.search.plan import All, Clause, Token, plan
from app.search.port import (
    MAX_HITS,
    MOST_COUNTED,
    Document,
    Fields,
    Hit,
    IndexQuery,
    Matches,
)
from catalog_schema.profile import Visibility

# of a question: its milliseconds; what makes long queries fast makes short ones slow
_SETTINGS = {
    "statement_timeout": "500",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    # it unpacks each row to look at its tokens, which the index knows
    "enable_seqscan": "off",
}
_BATCH = 1000
_SCHEMA = "danhmuc_search"
_CANCELLED = "57014"
_OFTEN = 200  # documents beyond which a word is as frequent as can be told

Condition = ColumnElement[bool]


class PostgresqlIndex:
    """An index in a table of its own schema, in the register's database or another
    one.
    """

    def __init__(self, url: str, fields: Fields) -> None:
        self._engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), pool_pre_ping=True
        )
        self._fields = fields
        self._table = _table(f"documents_{made_by(fields)}")

    def write(
        self, documents: Iterable[Document], removed: Iterable[UUID] = ()
    ) -> None:
        """See the port."""
        with self._connected() as connection:
            self.write_within(connection, documents, removed)

    def write_within(
        self,
        connection: Connection,
        documents: Iterable[Document],
        removed: Iterable[UUID],
    ) -> None:
        """Do what `write` does in somebody else's transaction, which sees it through;
        DBAPIError.
        """
        gone = self._table.c.id.in_([one.hex for one in removed])
        connection.execute(delete(self._table).where(gone))
        self._fill(connection, self._table, documents)

    def search(self, asked: IndexQuery, limit: int) -> Matches:
        """See the port."""
        question = _Question(self._table, asked)
        with self._reading() as connection:
            found = question.ranked(connection, [self._table.c.shown], limit)
            total, counts = question.counted(connection)
        hits = [Hit(UUID(row.id), row.ord, row.shown) for row in found]
        return Matches(hits, min(total, MOST_COUNTED), total <= MOST_COUNTED, counts)

    def matching(self, asked: IndexQuery) -> list[UUID]:
        """See the port."""
        with self._reading() as connection:
            return [
                UUID(row.id)
                for row in _Question(self._table, asked).ranked(
                    connection, [], MAX_HITS
                )
            ]

    def known(self, words: Iterable[str], level: Visibility) -> Mapping[str, int]:
        """See the port."""
        asked = (
            func.unnest(bindparam("words", list(words), ARRAY(Text)))
            .table_valued("word")
            .render_derived(name="asked")
        )
        query = cast(func.quote_literal(asked.c.word), TSQUERY)
        having = or_(
            *(
                _matches(self._table.c[each.value], query)
                for each in LEVELS
                if level.sees(each)
            )
        )
        some = (
            select(literal(1))
            .select_from(self._table)
            .where(having)
            .limit(_OFTEN)
            .correlate(asked)
            .subquery()
        )
        with self._reading() as connection:
            rows = connection.execute(
                select(
                    asked.c.word,
                    select(func.count()).select_from(some).scalar_subquery(),
                )
            )
            return {word: count for word, count in rows if count}

    def versions(self, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
        """See the port."""
        query = select(self._table.c.id, self._table.c.version)
        if ids is not None:
            query = query.where(self._table.c.id.in_([one.hex for one in ids]))
        with self._connected() as connection:
            return {
                UUID(row.id): UUID(row.version) for row in connection.execute(query)
            }

    def sound(self) -> bool:
        """See the port."""
        try:
            with self._connected() as connection:
                connection.execute(select(self._table).limit(0))
        except IndexLostError:
            return False
        return True

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See the port."""
        fresh = _table(f"{self._table.name}_next")
        with self._connected() as connection:
            connection.execute(CreateSchema(_SCHEMA, if_not_exists=True))
            connection.execute(DropTable(fresh, if_exists=True))
            fresh.create(connection)
            self._fill(connection, fresh, documents)
            for level in LEVELS:
                Index(
                    f"ix_{uuid4().hex}", fresh.c[level.value], postgresql_using="gin"
                ).create(connection)
        with self._connected() as connection:
            for old in inspect(connection).get_table_names(_SCHEMA):
                if old != fresh.name:
                    connection.execute(DropTable(_table(old)))
            connection.execute(
                _ddl(f"ALTER TABLE %(fullname)s RENAME TO {self._table.name}").against(
                    fresh
                )
            )
            connection.execute(_ddl("ANALYZE %(fullname)s").against(self._table))

    def clear(self) -> None:
        """See the port."""
        self.rebuild(())

    def close(self) -> None:
        """See the port."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Give a connection for one transaction; whatever PostgreSQL fails with is
        loss, but for a question's time.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _CANCELLED:
                raise UnavailableError(
                    "Câu tìm quá rộng; thêm từ hoặc chọn bộ lọc để thu hẹp"
                ) from error
            raise IndexLostError(
                f"Chỉ mục tìm kiếm không đọc được ({type(error.orig).__name__})"
            ) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._connected() as connection:
            values = (
                func.set_config(name, value, True)  # noqa: FBT003 - SQL's
                for name, value in _SETTINGS.items()
            )
            connection.execute(select(*values))
            yield connection

    def _fill(
        self, connection: Connection, table: Table, documents: Iterable[Document]
    ) -> None:
        given: dict[str, Any] = {
            column.name: bindparam(f"given_{column.name}") for column in table.c
        }
        vectors = {
            level.value: func.array_to_tsvector(
                bindparam(f"given_{level.value}", type_=ARRAY(Text))
            )
            for level in LEVELS
        }
        query = insert(table).values({**given, **vectors})
        changed = {
            column.name: query.excluded[column.name]
            for column in table.c
            if column.name != "id"
        }
        rows = map(self._row, documents)
        while batch := list(islice(rows, _BATCH)):
            connection.execute(
                query.on_conflict_do_update(index_elements=["id"], set_=changed), batch
            )

    def _row(self, document: Document) -> dict[str, Any]:
        made = digest(document, self._fields)
        row = {
            "id": document.id.hex,
            "version": document.version_id.hex,
            "ord": made.order,
            "shown": made.shown,
        }
        tokens = {level.value: sorted(made.tokens[level]) for level in LEVELS}
        # found with the words
        tokens[Visibility.PUBLIC.value] += [
            _fact(one).text for one in sorted(made.facts)
        ]
        return {
            f"given_{name}": value
            for name, value in {**row, "facts": sorted(made.facts), **tokens}.items()
        }


def _ddl(statement: str) -> DDL:
    return DDL(statement)  # type: ignore[no-untyped-call]


def _table(name: str) -> Table:
    texts = [
        Column(column, Text, nullable=False) for column in ("version", "ord", "shown")
    ]
    vectors = [Column(level.value, TSVECTOR, nullable=False) for level in LEVELS]
    facts: Column[Any] = Column("facts", ARRAY(Text), nullable=False)
    return Table(
        name,
        MetaData(),
        Column("id", Text, primary_key=True),
        *texts,
        facts,
        *vectors,
        schema=_SCHEMA,
    )


class _Question:
    """The conditions of one question."""

    def __init__(self, table: Table, asked: IndexQuery) -> None:
        self._table = table
        self._asked = asked
        self._columns = [
            table.c[each.value] for each in LEVELS if asked.level.sees(each)
        ]
        wanted = plan(asked.query)
        self._matching = [
            *map(self._clause, wanted.must),
            *(not_(self._clause(clause)) for clause in wanted.never),
        ]
        self._tiers = [self._clause((tier,)) for tier in wanted.tiers]
        self._filters = {
            name: self._clause(tuple((_fact(fact(name, one)),) for one in values))
            for name, values in asked.filters.items()
        }

    def ranked(
        self, connection: Connection, columns: list[Any], limit: int
    ) -> list[Row[Any]]:
        """Return rows (id, ord, …), tier by tier, each in its order, at most so
        many.
        """
        found: dict[str, Row[Any]] = {}
        for tier in (*([one] for one in self._tiers), []):
            chosen = select(self._table.c.id, self._table.c.ord, *columns).where(
                *self._where(None), *tier
            )
            rows = connection.execute(chosen.limit(limit)).all()
            for row in sorted(rows, key=lambda row: str(row.ord)):
                found.setdefault(row.id, row)
            if len(found) >= limit:
                break
        return list(islice(found.values(), limit))

    def counted(
        self, connection: Connection
    ) -> tuple[int, dict[str, list[tuple[str, int]]]]:
        """Return how many match, at most one more than are counted, and the counts of
        each fact.
        """
        total, whole = self._counts(connection, None)
        found = {}
        for name in self._asked.counted:
            counts = (
                self._counts(connection, name)[1]
                if name in self._asked.filters
                else whole
            )
            start = fact(name, "")
            rows = [
                (token.removeprefix(start), count)
                for token, count in counts.items()
                if token.startswith(start)
            ]
            found[name] = sorted(rows, key=lambda row: (-row[1], row[0]))
        return total, found

    def _counts(
        self, connection: Connection, but: str | None
    ) -> tuple[int, dict[str, int]]:
        some = (
            select(self._table.c.facts).where(*self._where(but)).limit(MOST_COUNTED + 1)
        )
        kept = some.cte().prefix_with("MATERIALIZED")
        query: Any = select(null().label("token"), func.count()).select_from(kept)
        if self._asked.counted:
            tokens = select(func.unnest(kept.c.facts).label("token")).subquery()
            query = query.union_all(
                select(tokens.c.token, func.count()).group_by(tokens.c.token)
            )
        counts: dict[Any, int] = {row[0]: row[1] for row in connection.execute(query)}
        return counts.pop(None), counts

    def _where(self, but: str | None) -> list[Condition]:
        return [
            *self._matching,
            *(condition for name, condition in self._filters.items() if name != but),
        ]

    def _clause(self, clause: Clause) -> Condition:
        """Return the condition that a document has all tokens of one of these."""
        if not clause:
            return false()
        if len(self._columns) == 1:
            query = " | ".join(
                "(" + " & ".join(map(_lexeme, each)) + ")" for each in clause
            )
            return _matches(self._columns[0], cast(query, TSQUERY))
        return or_(*(self._all(each) for each in clause))

    def _all(self, tokens: All) -> Condition:
        return and_(
            *(
                or_(
                    *(
                        _matches(column, cast(_lexeme(one), TSQUERY))
                        for column in self._columns
                    )
                )
                for one in tokens
            )
        )


def _matches(column: Any, query: Any) -> Condition:
    matched: Condition = column.bool_op("@@")(query)
    return matched


def _fact(text: str) -> Token:
    return Token(f"={text}")  # no word begins so


def _lexeme(token: Token) -> str:
    quoted = token.text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" + (":*" if token.prefix else "")
