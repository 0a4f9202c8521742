"""Whoosh behind the search port; no other module may know it.

Every text field has an exact and a folded twin: a word typed with its marks scores in both, one typed without them in
the folded one only. The folder holds pickles: it must be private to the service.
"""

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from whoosh import fields, index, query
from whoosh.analysis import Token, Tokenizer
from whoosh.collectors import TimeLimit, TimeLimitCollector
from whoosh.index import LockError

from app import files
from app.errors import IndexLostError, StorageFullError, UnavailableError
from app.search import analysis
from app.search.port import MAX_HITS, Document
from app.search.terms import Match, Query, Term
from app.vietnamese import fold

_BUDGET = 0.5
_EXACT = 2.0
_FOLDED = "__folded"
_NUMBER = re.compile("[0-9]+")
_PRESENT, _NEXT, _BROKEN = "present", "next", "broken"


class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]
    """Gives Whoosh the register's own tokens; codes stand whole at the place where they begin."""

    def __init__(self, *, folded: bool) -> None:
        self.folded = folded

    def __call__(self, value: str, *, positions: bool = False, start_pos: int = 0, **_: Any) -> Iterator[Token]:
        """Yield one token object again and again, as Whoosh expects."""
        token = Token(positions, removestops=True)
        words = analysis.folded(value) if self.folded else analysis.exact(value)
        for place, text in [*enumerate(words, start_pos), *((start_pos, code) for code in analysis.codes(value))]:
            token.text = text
            token.boost = 1.0
            token.stopped = False
            if positions:
                token.pos = place
            yield token


class WhooshIndex:
    """An index in a folder. One process writes (the follower); any number read.

    The folder holds generations, each an index of its own, and a file that names the present one: to build anew is to
    write another generation and then to change that name. Whoever finds the present one unreadable leaves a mark.
    """

    def __init__(self, folder: str, weights: Mapping[str, float]) -> None:
        self._folder = Path(folder)
        self._weights = weights
        made_by = f"{analysis.VERSION} {' '.join(sorted(weights))}"
        self._made_by = hashlib.sha256(made_by.encode()).hexdigest()[:12]  # another one's generation is not read
        self._opened: tuple[str, Any] | None = None

    def write(self, documents: Iterable[Document], removed: Iterable[UUID] = ()) -> None:
        """See the port."""
        if self._name() is None:
            self.rebuild(())
        with self._reading() as present, files.room():
            self._fill(present, documents, removed)

    def search(self, wanted: Query, fields: frozenset[str]) -> list[UUID]:
        """See the port."""
        if not wanted.terms:
            return []
        parts = self._wanted(wanted, fields)
        with self._reading() as present, present.searcher() as searcher:
            inner = searcher.collector(limit=MAX_HITS)
            collector = TimeLimitCollector(inner, timelimit=_BUDGET, use_alarm=False)
            try:
                searcher.search_with_collector(parts, collector)
            except TimeLimit as error:
                raise UnavailableError("Câu tìm quá rộng; thêm từ hoặc chọn bộ lọc để thu hẹp") from error
            hits = [(-round(hit.score, 6), hit["order"], hit["id"]) for hit in inner.results()]
        return [UUID(entry_id) for _score, _order, entry_id in sorted(hits)]

    def words(self, fields: frozenset[str], most: int) -> Mapping[str, int]:
        """See the port."""
        found: Counter[str] = Counter()
        with self._reading() as present, present.reader() as reader:
            for name in sorted(fields & self._weights.keys()):
                column = _column(name) + _FOLDED
                for text in islice(reader.field_terms(column), most):
                    if text.isalpha():
                        found[text] += reader.doc_frequency(column, text)
        return found

    def versions(self) -> dict[UUID, UUID]:
        """See the port."""
        with self._reading() as present, present.reader() as reader:
            stored = [document for _, document in reader.iter_docs()]
        return {UUID(document["id"]): UUID(document["version"]) for document in stored}

    def sound(self) -> bool:
        """See the port."""
        name = self._name()
        if (self._folder / _BROKEN).exists() or (name is not None and not name.startswith(self._made_by)):
            return False
        try:
            with self._reading() as present:
                present.doc_count_all()  # reads the index's table of contents anew
        except IndexLostError:
            return False
        return True

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See the port."""
        name = f"{self._made_by}-{uuid4().hex}"
        fresh = self._folder / name
        try:
            with files.room():
                self._make(fresh, documents)
                (self._folder / _NEXT).write_text(name, encoding="ascii")
                files.force(self._folder / _NEXT)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        (self._folder / _NEXT).replace(self._folder / _PRESENT)
        files.force(self._folder)
        (self._folder / _BROKEN).unlink(missing_ok=True)
        for old in self._folder.iterdir():
            if old.name not in {name, _PRESENT}:
                shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)

    def clear(self) -> None:
        """See the port."""
        self.rebuild(())

    def _name(self) -> str | None:
        """Return which generation is the present one, None where there is none."""
        try:
            return (self._folder / _PRESENT).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return None

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Open the present generation; whatever Whoosh fails with on bytes that are not what they should be is loss."""
        name = self._name()
        try:
            if name is None:
                raise IndexLostError("Chỉ mục tìm kiếm chưa có")  # noqa: TRY301 - the same answer as for a broken one
            yield self._open(name)
        except (UnavailableError, StorageFullError):
            raise
        except LockError as error:
            raise UnavailableError("Tiến trình khác đang ghi chỉ mục") from error
        except Exception as error:
            if name == self._name():  # else it was only replaced while it was read
                with suppress(OSError):
                    (self._folder / _BROKEN).touch()
            raise IndexLostError(f"Chỉ mục tìm kiếm không đọc được ({type(error).__name__})") from error

    def _open(self, name: str) -> Any:
        """Return a generation, opened once; what was written to it since is seen by each search all the same."""
        opened = self._opened
        if opened is None or opened[0] != name:
            opened = self._opened = (name, index.open_dir(str(self._folder / name)))
        return opened[1]

    def _make(self, folder: Path, documents: Iterable[Document]) -> None:
        folder.mkdir(parents=True, mode=0o700)
        made = index.create_in(str(folder), self._schema())
        self._fill(made, documents, ())
        made.close()
        files.force(folder)

    def _fill(self, target: Any, documents: Iterable[Document], removed: Iterable[UUID]) -> None:
        writer = target.writer(limitmb=128)
        try:
            for entry_id in removed:
                writer.delete_by_term("id", entry_id.hex)
            for document in documents:
                writer.update_document(**self._row(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def _schema(self) -> Any:
        schema = fields.Schema(id=fields.ID(stored=True, unique=True), version=fields.STORED(), order=fields.STORED())
        for name in self._weights:
            schema.add(_column(name), fields.TEXT(analyzer=VietnameseTokenizer(folded=False), phrase=True))
            schema.add(_column(name) + _FOLDED, fields.TEXT(analyzer=VietnameseTokenizer(folded=True), phrase=True))
        return schema

    def _row(self, document: Document) -> dict[str, Any]:
        named = " ".join(document.texts.get("identifier", ()))
        order = _NUMBER.sub(lambda found: found[0].zfill(8), named)
        row: dict[str, Any] = {"id": document.id.hex, "version": document.version_id.hex, "order": order}
        for name, texts in document.texts.items():
            joined = "\n".join(texts)
            row[_column(name)] = joined
            row[_column(name) + _FOLDED] = joined
        return row

    def _wanted(self, wanted: Query, allowed: frozenset[str]) -> Any:
        """Return the whole query: every term, none of those left out; words in a row count for more."""
        found = query.And([self._term(term, allowed) for term in wanted.terms])
        if wanted.without:
            found = query.AndNot(found, query.Or([self._term(term, allowed) for term in wanted.without]))
        typed = [word for term in wanted.terms for one in term.flat() if one.match is Match.WORD for word in one.words]
        if len(typed) > 1:
            row = Term(Match.PHRASE, tuple(typed))
            found = query.AndMaybe(found, self._term(row, allowed))
        return found

    def _term(self, term: Term, allowed: frozenset[str]) -> Any:
        if term.match is Match.ANY:
            return query.Or([query.And([self._term(one, allowed) for one in each]) for each in term.alternatives])
        names = [term.field] if term.field else sorted(allowed)
        choices = [choice for name in names if name in allowed for choice in self._in_field(term, name)]
        return query.Or(choices) if choices else query.NullQuery

    def _in_field(self, term: Term, name: str) -> list[Any]:
        weight = self._weights.get(name, 1.0)
        exact, folded = _column(name), _column(name) + _FOLDED
        plain = [fold(word) for word in term.words]
        toned = [analysis.exact(word)[0] if word.isalnum() else word for word in term.words]  # a code stays whole
        if term.match is Match.PHRASE and len(plain) > 1:
            return [
                query.Phrase(exact, toned, boost=weight * _EXACT),
                query.Phrase(folded, plain, boost=weight),
            ]
        if term.match is Match.PREFIX:
            return [query.Prefix(folded, plain[0], boost=weight)]
        return [
            query.Term(exact, toned[0], boost=weight * _EXACT),
            query.Term(folded, plain[0], boost=weight),
        ]


def _column(name: str) -> str:
    return name.replace(".", "_")
