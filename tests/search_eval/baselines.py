"""What the searches are compared with: the full text of SQLite and of PostgreSQL as they come, weighted alike."""

import sqlite3
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import create_engine, text

from app.search.port import Document

_HEAD = {
    "title",
    "name",
    "short_name",
    "identifier",
    "symbol",
    "value",
    "number",
    "holder_name",
    "synonyms",
}
_MIDDLE = {"keyword", "data_items.name", "definition"}


def _row(document: Document) -> tuple[str, str, str, str]:
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for name, texts in document.texts.items():
        parts[0 if name in _HEAD else 1 if name in _MIDDLE else 2].extend(texts)
    head, middle, rest = ("\n".join(part) for part in parts)
    return document.id.hex, head, middle, rest


class Fts5:
    """SQLite FTS5 with `unicode61 remove_diacritics 2`: every word must be there, ranked by bm25."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute(
            "CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, head, middle, rest,"
            " tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._base.executemany(
            "INSERT INTO docs VALUES (?, ?, ?, ?)", map(_row, documents)
        )

    def find(self, query: str) -> list[UUID]:
        """Return the first ten."""
        words = " ".join(f'"{word}"' for word in query.replace('"', " ").split())
        ranked = "SELECT id FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, 0, 4, 2, 1) LIMIT 10"
        return (
            [UUID(row[0]) for row in self._base.execute(ranked, (words,))]
            if words
            else []
        )

    def __enter__(self):
        return self.find

    def __exit__(self, *_):
        self._base.close()


class PlainPostgresql:
    """PostgreSQL's own full text with the `simple` configuration and weights, ranked by ts_rank."""

    def __init__(self, url: str, documents: Iterable[Document]) -> None:
        self._engine = create_engine(url)
        vector = "setweight(to_tsvector('simple', :b), 'A') || setweight(to_tsvector('simple', :c), 'B')"
        vector += " || setweight(to_tsvector('simple', :d), 'D')"
        rows = [
            dict(zip("abcd", _row(document), strict=True)) for document in documents
        ]
        with self._engine.begin() as connection:
            connection.execute(text("CREATE TABLE plain (id text, vector tsvector)"))
            connection.execute(text(f"INSERT INTO plain VALUES (:a, {vector})"), rows)
            connection.execute(text("CREATE INDEX ON plain USING gin (vector)"))

    def find(self, query: str) -> list[UUID]:
        """Return the first ten."""
        ranked = "SELECT id FROM plain, websearch_to_tsquery('simple', :q) asked WHERE vector @@ asked"
        with self._engine.connect() as connection:
            rows = connection.execute(
                text(ranked + " ORDER BY ts_rank(vector, asked) DESC LIMIT 10"),
                {"q": query},
            )
            return [UUID(row[0]) for row in rows]

    def __enter__(self):
        return self.find

    def __exit__(self, *_):
        self._engine.dispose()
