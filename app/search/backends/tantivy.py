"""Tantivy behind the search port, for a large register on one machine; no other module
may know it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy
from tantivy import Occur, Query

from app import files
from app.errors import IndexLostError, UnavailableError
from app.search.backends.generations import Generations
from app.search.digest import LEVELS, digest, fact
from app.search.plan import All, Clause, Token, plan
from app.search.port import MAX_HITS, Document, Fields, Hit, IndexQuery, Matches
from catalog_schema.profile import Visibility

_HEAP = 64_000_000  # bytes that the writer may use
_VALUES = 10_000  # of facts that are counted
_FACTS = "facts"
_META = "meta.json"


class TantivyIndex:
    """An index in a folder. One process writes (the follower); any number read."""

    def __init__(self, folder: str, fields: Fields) -> None:
        self._generations = Generations(folder, fields)
        self._fields = fields
        self._opened: tuple[Path, bytes, Any] | None = None
        # kept, so that segments are merged while it waits
        self._writing: tuple[Path, Any] | None = None

    def write(
        self, documents: Iterable[Document], removed: Iterable[UUID] = ()
    ) -> None:
        """See the port."""
        with self._generations.reading() as folder, files.room():
            if self._writing is None or self._writing[0] != folder:
                self._writing = None  # the former one lets go
                self._writing = (folder, _writer(tantivy.Index.open(str(folder))))
            self._fill(self._writing[1], documents, removed)

    def search(self, asked: IndexQuery, limit: int) -> Matches:
        """See the port."""
        with self._reading() as present:
            searcher, question = present.searcher(), _Question(present.schema, asked)
            found = searcher.search(question.ranked(), max(limit, 1))
            rows = [searcher.doc(address) for _score, address in found.hits[:limit]]
            hits = [
                Hit(UUID(row["id"][0]), row["order"][0], row["shown"][0])
                for row in rows
            ]
            return Matches(
                hits, found.count, whole=True, counts=_counts(searcher, question, asked)
            )

    def matching(self, asked: IndexQuery) -> list[UUID]:
        """See the port."""
        with self._reading() as present:
            searcher = present.searcher()
            found = searcher.search(
                _Question(present.schema, asked).ranked(), MAX_HITS, count=False
            )
            return [
                UUID(searcher.doc(address)["id"][0]) for _score, address in found.hits
            ]

    def known(self, words: Iterable[str], level: Visibility) -> Mapping[str, int]:
        """See the port."""
        columns = [each.value for each in LEVELS if level.sees(each)]
        with self._reading() as present:
            searcher = present.searcher()
            found = {
                word: sum(searcher.doc_freq(column, word) for column in columns)
                for word in words
            }
        return {word: count for word, count in found.items() if count}

    def versions(self, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
        """See the port."""
        with self._reading() as present:
            searcher = present.searcher()
            if ids is None:
                wanted = Query.all_query()
            else:
                wanted = Query.term_set_query(
                    present.schema, "id", [one.hex for one in ids]
                )
            found = searcher.search(wanted, max(searcher.num_docs, 1), count=False)
            rows = [searcher.doc(address) for _score, address in found.hits]
        return {UUID(row["id"][0]): UUID(row["version"][0]) for row in rows}

    def sound(self) -> bool:
        """See the port."""
        if not self._generations.usable():
            return False
        try:
            with self._reading():
                return True
        except IndexLostError:
            return False

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See the port."""
        self._generations.replace(lambda folder: self._make(folder, documents))

    def clear(self) -> None:
        """See the port."""
        self.rebuild(())

    def close(self) -> None:
        """See the port."""
        self._opened = self._writing = None

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Open the present generation as it was last committed."""
        with self._generations.reading() as folder:
            state = (folder / _META).read_bytes()
            opened = self._opened
            if opened is None or opened[:2] != (folder, state):
                opened = self._opened = (folder, state, tantivy.Index.open(str(folder)))
            yield opened[2]

    def _fill(
        self, writer: Any, documents: Iterable[Document], removed: Iterable[UUID]
    ) -> None:
        try:
            for entry_id in removed:
                writer.delete_documents_by_term("id", entry_id.hex)
            for document in documents:
                writer.delete_documents_by_term("id", document.id.hex)
                writer.add_document(self._row(document))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise

    def _make(self, folder: Path, documents: Iterable[Document]) -> None:
        writer = _writer(tantivy.Index(_schema(), str(folder)))
        self._fill(writer, documents, ())
        writer.wait_merging_threads()

    def _row(self, document: Document) -> Any:
        made = digest(document, self._fields)
        row = {
            "id": document.id.hex,
            "version": document.version_id.hex,
            "order": made.order,
            "shown": made.shown,
        }
        tokens = {level.value: sorted(found) for level, found in made.tokens.items()}
        return tantivy.Document(**row, **tokens, **{_FACTS: sorted(made.facts)})


def _writer(target: Any) -> Any:
    try:
        return target.writer(_HEAP, 1)
    except ValueError as error:
        raise UnavailableError("Tiến trình khác đang ghi chỉ mục") from error


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "version", "order"):
        builder.add_text_field(
            name, stored=True, tokenizer_name="raw", index_option="basic"
        )
    builder.add_text_field(
        "shown", stored=True, tokenizer_name="raw", index_option="basic"
    )
    builder.add_text_field(
        _FACTS, tokenizer_name="raw", index_option="basic", fast=True
    )
    for level in LEVELS:
        builder.add_text_field(level.value, tokenizer_name="raw", index_option="basic")
    return builder.build()


class _Question:
    """The queries of one question."""

    def __init__(self, schema: Any, asked: IndexQuery) -> None:
        self._schema = schema
        self._columns = [each.value for each in LEVELS if asked.level.sees(each)]
        self._asked = asked
        self._plan = plan(asked.query)

    def filtered(self, but: str | None) -> Any:
        """Return what matches and what every filter lets through, but for one."""
        parts = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0))]
        parts += [(Occur.Must, self._clause(clause)) for clause in self._plan.must]
        parts += [(Occur.MustNot, self._clause(clause)) for clause in self._plan.never]
        for name, values in self._asked.filters.items():
            if name != but:
                wanted = [fact(name, value) for value in values]
                parts.append(
                    (
                        Occur.Must,
                        _silent(Query.term_set_query(self._schema, _FACTS, wanted)),
                    )
                )
        return Query.boolean_query(parts)

    def ranked(self) -> Any:
        """Return the same, what is in a tier before what is not."""
        parts = [(Occur.Must, self.filtered(None))]
        for points, tier in enumerate(reversed(self._plan.tiers)):
            parts.append(
                (
                    Occur.Should,
                    Query.const_score_query(self._all(tier), float(2**points)),
                )
            )
        return Query.boolean_query(parts)

    def _clause(self, clause: Clause) -> Any:
        return _silent(
            Query.boolean_query([(Occur.Should, self._all(each)) for each in clause])
        )

    def _all(self, tokens: All) -> Any:
        return Query.boolean_query(
            [(Occur.Must, self._having(token)) for token in tokens]
        )

    def _having(self, token: Token) -> Any:
        return Query.boolean_query(
            [(Occur.Should, self._in(column, token)) for column in self._columns]
        )

    def _in(self, column: str, token: Token) -> Any:
        if token.prefix:
            return Query.regex_query(self._schema, column, re.escape(token.text) + ".*")
        return Query.term_query(self._schema, column, token.text, index_option="basic")


def _silent(query: Any) -> Any:
    """Return the same query, which says nothing about the order."""
    return Query.const_score_query(query, 0.0)


def _counts(
    searcher: Any, question: _Question, asked: IndexQuery
) -> dict[str, list[tuple[str, int]]]:
    every = {
        "values": {"terms": {"field": _FACTS, "size": _VALUES, "segment_size": _VALUES}}
    }
    whole: dict[str, int] | None = None
    found = {}
    for name in asked.counted:
        if name in asked.filters:
            counts = _values(searcher.aggregate(question.filtered(name), every))
        else:
            counts = whole = (
                _values(searcher.aggregate(question.filtered(None), every))
                if whole is None
                else whole
            )
        start = fact(name, "")
        rows = [
            (token.removeprefix(start), count)
            for token, count in counts.items()
            if token.startswith(start)
        ]
        found[name] = sorted(rows, key=lambda row: (-row[1], row[0]))
    return found


def _values(answer: Any) -> dict[str, int]:
    parsed = json.loads(answer) if isinstance(answer, str) else answer
    return {row["key"]: int(row["doc_count"]) for row in parsed["values"]["buckets"]}
