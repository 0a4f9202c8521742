"""Whoosh behind the search port; no other module may know it.

Every text field has an exact and a folded twin: a word typed with its marks scores in both, one typed without them in
the folded one only. The folder holds pickles: it must be private to the service.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from whoosh import fields, index, query
from whoosh.analysis import Token, Tokenizer
from whoosh.collectors import TimeLimit, TimeLimitCollector

from app.errors import UnavailableError
from app.search import analysis
from app.search.grammar import Match, Query, Term
from app.search.port import MAX_HITS, Document
from app.vietnamese import fold

_BUDGET = 0.5
_EXACT = 2.0
_FOLDED = "__folded"


class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]
    """Gives Whoosh the register's own tokens; codes stand whole at the place where they begin."""

    def __init__(self, *, folded: bool) -> None:
        self.folded = folded

    def __call__(self, value: str, *, positions: bool = False, start_pos: int = 0, **_: Any) -> Iterator[Token]:
        """Yield one token object again and again, as Whoosh expects."""
        token = Token(positions, removestops=True)
        words = analysis.folded(value) if self.folded else analysis.tokens(value)
        for place, text in [*enumerate(words, start_pos), *((start_pos, code) for code in analysis.codes(value))]:
            token.text = text
            token.boost = 1.0
            token.stopped = False
            if positions:
                token.pos = place
            yield token


class WhooshIndex:
    """An index in a folder. One process writes (the follower); any number read."""

    def __init__(self, folder: str, weights: Mapping[str, float]) -> None:
        self._folder = Path(folder)
        self._weights = weights
        self._index = self._open()

    def write(self, documents: Iterable[Document], removed: Iterable[UUID] = ()) -> None:
        """See the port."""
        writer = self._index.writer(limitmb=128)
        try:
            for entry_id in removed:
                writer.delete_by_term("id", entry_id.hex)
            for document in documents:
                writer.update_document(**self._row(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def search(self, wanted: Query, fields: frozenset[str]) -> list[UUID]:
        """See the port."""
        if not wanted.terms:
            return []
        parts = [self._term(term, fields) for term in wanted.terms]
        with self._index.searcher() as searcher:
            inner = searcher.collector(limit=MAX_HITS)
            collector = TimeLimitCollector(inner, timelimit=_BUDGET, use_alarm=False)
            try:
                searcher.search_with_collector(query.And(parts), collector)
            except TimeLimit as error:
                raise UnavailableError("Câu tìm quá rộng; thêm từ hoặc chọn bộ lọc để thu hẹp") from error
            return [UUID(hit["id"]) for hit in inner.results()]

    def versions(self) -> dict[UUID, UUID]:
        """See the port."""
        with self._index.reader() as reader:
            stored = [document for _, document in reader.iter_docs()]
        return {UUID(document["id"]): UUID(document["version"]) for document in stored}

    def clear(self) -> None:
        """See the port."""
        self._index.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._index = self._open()

    def _open(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if index.exists_in(str(self._folder)):
            return index.open_dir(str(self._folder))
        return index.create_in(str(self._folder), self._schema())

    def _schema(self) -> Any:
        schema = fields.Schema(id=fields.ID(stored=True, unique=True), version=fields.STORED())
        for name in self._weights:
            schema.add(_column(name), fields.TEXT(analyzer=VietnameseTokenizer(folded=False), phrase=True))
            schema.add(_column(name) + _FOLDED, fields.TEXT(analyzer=VietnameseTokenizer(folded=True), phrase=True))
        return schema

    def _row(self, document: Document) -> dict[str, Any]:
        row: dict[str, Any] = {"id": document.id.hex, "version": document.version_id.hex}
        for name, texts in document.texts.items():
            joined = "\n".join(texts)
            row[_column(name)] = joined
            row[_column(name) + _FOLDED] = joined
        return row

    def _term(self, term: Term, allowed: frozenset[str]) -> Any:
        names = [term.field] if term.field else sorted(allowed)
        choices = [choice for name in names if name in allowed for choice in self._in_field(term, name)]
        return query.Or(choices) if choices else query.NullQuery

    def _in_field(self, term: Term, name: str) -> list[Any]:
        weight = self._weights.get(name, 1.0)
        exact, folded = _column(name), _column(name) + _FOLDED
        plain = [fold(word) for word in term.words]
        if term.match is Match.PHRASE and len(plain) > 1:
            return [
                query.Phrase(exact, list(term.words), boost=weight * _EXACT),
                query.Phrase(folded, plain, boost=weight),
            ]
        if term.match is Match.PREFIX:
            return [query.Prefix(folded, plain[0], boost=weight)]
        return [
            query.Term(exact, term.words[0], boost=weight * _EXACT),
            query.Term(folded, plain[0], boost=weight),
        ]


def _column(name: str) -> str:
    return name.replace(".", "_")
