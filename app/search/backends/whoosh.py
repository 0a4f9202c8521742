"""Whoosh behind the search port; no other module may know it.

Whoosh keeps the tokens and who has them; sets of documents are whole numbers, a bit for
each, kept while the index is the same. The folder holds pickles: it must be private to
the service.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from whoosh import fields as kinds
from whoosh.filedb.filestore import FileStorage
from whoosh.index import LockError

from app import files
from app.errors import IndexLostError, UnavailableError
from app.search.backends.generations import Generations
from app.search.digest import LEVELS, digest, fact
from app.search.plan import All, Clause, Token, plan
from app.search.port import MAX_HITS, Document, Fields, Hit, IndexQuery, Matches
from catalog_schema.profile import Visibility

# places that a question may read: half a second, on whatever machine
_BUDGET = 1_200_000
_WAYS = 2000  # tokens that one beginning may stand for
_KEPT = 32_000_000  # bytes of sets that are kept
_EACH = 300  # bytes that a set takes beside its bits
_OPENING = 40  # places that could be read in the time of opening a list of them
_FACTS = "facts"


class WhooshIndex:
    """An index in a folder. One process writes (the follower); any number read."""

    def __init__(self, folder: str, fields: Fields) -> None:
        self._generations = Generations(folder, fields)
        self._fields = fields
        self._opened: tuple[Path, Any] | None = None
        self._sets: _Sets | None = None
        self._lock = Lock()  # a reader of Whoosh has one place in each file

    def write(
        self, documents: Iterable[Document], removed: Iterable[UUID] = ()
    ) -> None:
        """See the port."""
        with self._reading() as present, files.room():
            self._fill(present, documents, removed)

    def search(self, asked: IndexQuery, limit: int) -> Matches:
        """See the port."""
        with self._question() as sets:
            found = _Found(sets, asked)
            every = found.filtered(None)
            hits = [sets.hit(number) for number in found.first(limit)]
            counts = {
                name: sets.counts(name, found.filtered(name)) for name in asked.counted
            }
            return Matches(hits, every.bit_count(), whole=True, counts=counts)

    def matching(self, asked: IndexQuery) -> list[UUID]:
        """See the port."""
        with self._question() as sets:
            return [
                UUID(sets.orders[number][-32:])
                for number in _Found(sets, asked).first(MAX_HITS)
            ]

    def known(self, words: Iterable[str], level: Visibility) -> Mapping[str, int]:
        """See the port."""
        with self._question() as sets:
            columns = [each.value for each in LEVELS if level.sees(each)]
            found = {
                word: sum(sets.reader.doc_frequency(column, word) for column in columns)
                for word in words
            }
        return {word: count for word, count in found.items() if count}

    def versions(self, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
        """See the port."""
        with self._reading() as present, present.searcher() as searcher:
            if ids is None:
                stored = [row for _, row in searcher.reader().iter_docs()]
            else:
                stored = [row for one in ids if (row := searcher.document(id=one.hex))]
        return {UUID(row["id"]): UUID(row["version"]) for row in stored}

    def sound(self) -> bool:
        """See the port."""
        if not self._generations.usable():
            return False
        try:
            with self._reading() as present:
                present.doc_count_all()  # reads the index's table of contents anew
        except IndexLostError:
            return False
        return True

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See the port."""
        self._generations.replace(lambda folder: self._make(folder, documents))

    def clear(self) -> None:
        """See the port."""
        self.rebuild(())

    def close(self) -> None:
        """See the port."""
        with self._lock:
            self._forget()
            self._opened = None

    def _forget(self) -> None:
        if self._sets is not None:
            self._sets.reader.close()
            self._sets = None

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Open the present generation, once; what was written to it since is seen by
        each search all the same.
        """
        with self._generations.reading() as folder:
            opened = self._opened
            if opened is None or opened[0] != folder:
                opened = self._opened = (folder, _storage(folder).open_index())
            try:
                yield opened[1]
            except LockError as error:
                raise UnavailableError("Tiến trình khác đang ghi chỉ mục") from error

    @contextmanager
    def _question(self) -> Iterator["_Sets"]:
        """Give the sets of documents of the index as it is, for one question at a
        time.
        """
        with self._lock, self._reading() as present:
            state = (present, present.latest_generation())
            if self._sets is None or self._sets.state != state:
                self._forget()
                self._sets = _Sets(state, present.reader())
            self._sets.begin()
            yield self._sets

    def _make(self, folder: Path, documents: Iterable[Document]) -> None:
        made = _storage(folder).create_index(_schema())
        self._fill(made, documents, ())
        made.close()

    def _fill(
        self, target: Any, documents: Iterable[Document], removed: Iterable[UUID]
    ) -> None:
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

    def _row(self, document: Document) -> dict[str, Any]:
        made = digest(document, self._fields)
        return {
            "id": document.id.hex,
            "version": document.version_id.hex,
            "order": made.order,
            "shown": made.shown,
            _FACTS: " ".join(made.facts),
            **{level.value: " ".join(found) for level, found in made.tokens.items()},
        }


def _storage(folder: Path) -> Any:
    """Return where an index lies: files that are read, not mapped, since a mapped file
    that is cut short takes the whole process along (SIGBUS).
    """
    return FileStorage(str(folder), supports_mmap=False)


def _schema() -> Any:
    tokens = {
        name: kinds.KEYWORD() for name in (_FACTS, *(level.value for level in LEVELS))
    }
    stored = {"version": kinds.STORED(), "shown": kinds.STORED()}
    return kinds.Schema(
        id=kinds.ID(stored=True, unique=True),
        order=kinds.ID(stored=True, sortable=True),
        **stored,
        **tokens,
    )


class _Found:
    """The documents that match one question."""

    def __init__(self, sets: "_Sets", asked: IndexQuery) -> None:
        wanted = plan(asked.query)
        self._sets = sets
        self._level = asked.level
        self._tiers = wanted.tiers
        matching = sets.every
        for clause in wanted.must:
            matching &= sets.any_of(clause, asked.level)
        for clause in wanted.never:
            matching &= ~sets.any_of(clause, asked.level)
        self._matching = matching
        self._filters = {
            name: sets.union(_FACTS, (fact(name, value) for value in values))
            for name, values in asked.filters.items()
        }

    def filtered(self, but: str | None) -> int:
        """Return those that every filter lets through, but for one."""
        found = self._matching
        for name, allowed in self._filters.items():
            found &= allowed if name != but else found
        return found

    def first(self, limit: int) -> list[int]:
        """Return the numbers of the first documents, tier by tier."""
        left, numbers = self.filtered(None), list[int]()
        for tier in (*self._tiers, ()):
            inside = left & self._sets.all_of(tier, self._level)
            left &= ~inside
            numbers += sorted(_numbers(inside), key=self._sets.orders.__getitem__)
            if len(numbers) >= limit:
                break
        return numbers[:limit]


class _Sets:
    """Sets of documents by token, as whole numbers, for one state of the index."""

    def __init__(self, state: object, reader: Any) -> None:
        self.state = state
        self.reader = reader
        self._known: dict[tuple[str, str], int] = {}
        self._left = 0
        self.every = _bits(reader.all_doc_ids())
        column = reader.column_reader("order") if reader.has_column("order") else {}
        self.orders = {number: column[number] for number in reader.all_doc_ids()}
        self._most = _KEPT // (self.every.bit_length() // 8 + _EACH)

    def begin(self) -> None:
        """Begin to count what a question reads."""
        self._left = _BUDGET

    def hit(self, number: int) -> Hit:
        """Return a document as a hit."""
        row = self.reader.stored_fields(number)
        return Hit(UUID(row["id"]), row["order"], row["shown"])

    def counts(self, name: str, among: int) -> list[tuple[str, int]]:
        """Count the values of a fact, most frequent first."""
        start = fact(name, "")
        found = [
            (token.removeprefix(start), (among & self._set(_FACTS, token)).bit_count())
            for token in self._beginning(_FACTS, start)
        ]
        return sorted(
            (one for one in found if one[1]), key=lambda one: (-one[1], one[0])
        )

    def any_of(self, clause: Clause, level: Visibility) -> int:
        """Return who has all tokens of one of these."""
        found = 0
        for each in clause:
            found |= self.all_of(each, level)
        return found

    def all_of(self, tokens: All, level: Visibility) -> int:
        """Return who has every one of these tokens, in what readers of a level may
        see.
        """
        found = self.every
        for token in tokens:
            found &= self._having(token, level)
        return found

    def union(self, column: str, tokens: Iterable[str]) -> int:
        """Return who has any of these tokens."""
        found = 0
        for token in tokens:
            found |= self._set(column, token)
        return found

    def _having(self, token: Token, level: Visibility) -> int:
        columns = [each.value for each in LEVELS if level.sees(each)]
        found = 0
        for column in columns:
            found |= self.union(
                column,
                self._beginning(column, token.text) if token.prefix else (token.text,),
            )
        return found

    def _beginning(self, column: str, start: str) -> Iterator[str]:
        for ways, text in enumerate(self.reader.expand_prefix(column, start)):
            if ways == _WAYS:
                return
            yield text.decode()

    def _set(self, column: str, token: str) -> int:
        found = self._known.get((column, token))
        if found is None:
            if self._left < 0:
                raise UnavailableError(
                    "Câu tìm quá rộng; thêm từ hoặc chọn bộ lọc để thu hẹp"
                )
            if (column, token) not in self.reader:
                return 0
            found = _bits(self.reader.postings(column, token).all_ids())
            self._left -= _OPENING + found.bit_count()
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[column, token] = found
        return found


def _bits(numbers: Iterable[int]) -> int:
    listed = list(numbers)
    held = bytearray(max(listed, default=0) // 8 + 1)
    for number in listed:
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def _numbers(bits: int) -> Iterator[int]:
    held = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for place, byte in enumerate(held):
        if byte:
            for bit in range(8):
                if byte >> bit & 1:
                    yield place * 8 + bit
