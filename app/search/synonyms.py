"""Names that mean the same, those of the register and of the department; and queries
widened by them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Instant
from app.errors import InvalidError
from app.search import analysis, initials
from app.search.terms import Match, Term
from app.vietnamese import clean, fold
from catalog_schema import synonyms

Words = tuple[str, ...]
Groups = tuple[tuple[str, ...], ...]  # names of the same thing, the full form first


@lru_cache(maxsize=8)
def names(added: Groups = ()) -> "Thesaurus":
    """Return the names that come with the register and those that were added."""
    return Thesaurus((*synonyms.groups(), *added))


class Thesaurus:
    """Groups of names, found by any of them."""

    def __init__(self, groups: Groups) -> None:
        self._known: dict[Words, tuple[Words, ...]] = {}
        # by a short form, by how they are spelled
        self._full: dict[Words, dict[Words, str]] = {}
        self._syllables: dict[str, set[str]] = {}  # with their marks, by their letters
        for group in groups:
            spelled = {_spelled(name): tuple(analysis.tokens(name)) for name in group}
            spelled.pop((), None)  # of a name without a letter
            short_forms = set(map(_spelled, group[1:]))
            for short in short_forms:
                full = self._full.setdefault(short, {})
                full.setdefault(_spelled(group[0]), group[0])
            for name, written in spelled.items():
                if len(written) == 1:
                    alike = self._syllables.setdefault(fold(written[0]), set())
                    alike.update(analysis.exact(written))
                others = (
                    words
                    for other, words in spelled.items()
                    if other != name and (name in short_forms or _is_sure(other))
                )
                self._known[name] = tuple(
                    dict.fromkeys((*self._known.get(name, ()), *others))
                )
        self._longest = max(map(len, self._known), default=0)

    def widened(self, terms: Sequence[Term]) -> list[Term]:
        """Return the terms, those in a row that are a known name replaced by "these, or
        any of its other names", a word that may be initials by "it, or whose initials
        it is".

        The longest name that fits wins. Names are compared without marks, since people
        type them without; but a syllable beside others that are marked is as it stands:
        “cho” is no “chợ” then.
        """
        found = list[Term]()
        for run, name in self._runs(terms):
            field = run[0].field
            others = [_phrase(words, field) for words in self._known.get(name, ())]
            if _may_be_initials(run):
                typed = _name(run, 1)
                others.append(Term(Match.WORD, typed, initials.INITIALS))
            if others:
                ways = ((one,) for one in others)
                found.append(Term(Match.ANY, (), field, (_in_a_row(run), *ways)))
            else:
                found += run
        return found

    def readings(self, terms: Sequence[Term]) -> dict[str, list[str]]:
        """Return by each short form among the terms that several names share, as it was
        typed, those names.
        """
        found: dict[str, list[str]] = {}
        for run, name in self._runs(terms):
            full = [*self._full.get(name, {}).values()]
            if len(full) > 1 and len(run) == 1:
                (typed,) = run[0].words
                found[typed.upper() if run[0].capitals else typed] = full
        return found

    def _runs(self, terms: Sequence[Term]) -> Iterator[tuple[tuple[Term, ...], Words]]:
        """Yield the terms, those together that are a known name, each with its folded
        words: none for what is no plain word.
        """
        typed = [word for term in terms for word in term.words]
        marked = analysis.exact(typed) != analysis.folded(typed)
        at = 0
        while at < len(terms):
            (shouted,) = _name(terms[at : at + 1], 1) or ("",)
            if terms[at].capitals and (shouted.upper(),) in self._known:
                yield (terms[at],), (shouted.upper(),)
                at += 1
                continue
            lengths = range(self._longest, 0, -1)
            known = (n for n in lengths if _name(terms[at : at + n], n) in self._known)
            length = next(known, 1)
            run = tuple(terms[at : at + length])
            name = _name(run, length)
            yield run, () if marked and self._is_another(run) else name
            at += length

    def _is_another(self, run: Sequence[Term]) -> bool:
        """Tell whether a run is one syllable that only has the letters of a name."""
        words = [word for term in run for word in term.words]
        if len(words) != 1:
            return False
        alike = self._syllables.get(fold(words[0]), set())
        return bool(alike) and alike.isdisjoint(analysis.exact(words))


def _in_a_row(run: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return the words of a name as they were typed, in a row where each is but a
    syllable of two letters: “sổ đỏ” is no “sở” and “đó” somewhere.
    """
    words = tuple(word for term in run for word in term.words)
    short = len(run) > 1 and all(len(word) <= 2 for word in words)  # noqa: PLR2004 - letters
    return (_phrase(words, run[0].field),) if short else run


def _is_sure(name: Words) -> bool:
    """Tell whether a name can be looked for in place of another: two letters may be
    short for anything.
    """
    return len("".join(name)) > 2  # noqa: PLR2004 - letters


def _spelled(name: str) -> Words:
    """Return the words by which a name is known: folded; what is written in capitals
    and is a syllable as well in capitals.
    """
    plain = tuple(analysis.folded(analysis.tokens(name)))
    short = name.isupper() and len(plain) == 1
    if short and plain[0].isalpha() and not initials.may_be(plain[0]):
        return (plain[0].upper(),)
    return plain


def _name(run: Sequence[Term], length: int) -> Words:
    """Return the words of so many plain terms of one field, folded; nothing where they
    are not that.
    """
    plain = len(run) == length and all(
        one.match is Match.WORD and one.field == run[0].field for one in run
    )
    return (
        tuple(word for one in run for word in analysis.folded(one.words))
        if plain
        else ()
    )


def _may_be_initials(run: Sequence[Term]) -> bool:
    (only, *more) = run
    plain = only.match is Match.WORD and only.field is None and not more
    return plain and initials.may_be(analysis.folded(only.words)[0])


def _phrase(words: Words, field: str | None) -> Term:
    return Term(Match.PHRASE if len(words) > 1 else Match.WORD, words, field)


class SynonymGroup(Base):
    """Names of one thing, a line each, the full form first; who kept it when, and since
    when it is dropped.
    """

    __tablename__ = "synonym_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    kept_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant, index=True)


MOST = 500  # groups
_NAMES = 10  # of a group
_LONGEST = 100  # letters of a name
_WORDS = 12  # of a name


def listed(session: Session) -> list[SynonymGroup]:
    """Return the groups that are kept, newest first."""
    query = (
        select(SynonymGroup)
        .where(SynonymGroup.dropped_at.is_(None))
        .order_by(SynonymGroup.id.desc())
    )
    return list(session.scalars(query))


def groups(session: Session) -> Groups:
    """Return what is kept as groups of names."""
    kept = (
        select(SynonymGroup.names)
        .where(SynonymGroup.dropped_at.is_(None))
        .order_by(SynonymGroup.id)
    )
    return tuple(tuple(names.split("\n")) for names in session.scalars(kept))


def read(text: str) -> tuple[str, ...]:
    """Return the names that somebody typed, a line each; InvalidError says what is
    wrong.
    """
    names = tuple(
        dict.fromkeys(
            " ".join(line.split()) for line in clean(text).split("\n") if line.strip()
        )
    )
    if not 2 <= len(names) <= _NAMES:  # noqa: PLR2004 - a name, and another for the same
        raise InvalidError(
            f"Gõ từ hai đến {_NAMES} tên, mỗi dòng một tên, tên đầy đủ ở dòng đầu"
        )
    for name in names:
        if not analysis.tokens(name):
            raise InvalidError(f"“{name}” không có chữ hay số nào")
        if len(name) > _LONGEST or len(analysis.tokens(name)) > _WORDS:
            raise InvalidError(
                f"“{name[:40]}…” quá dài; một tên có tối đa {_LONGEST} chữ cái "
                f"và {_WORDS} từ"
            )
    return names


def keep(session: Session, person_id: UUID, text: str) -> None:
    """Keep a group; InvalidError says what is wrong with it."""
    if len(listed(session)) >= MOST:
        raise InvalidError(f"Đã có {MOST} nhóm tên; bỏ bớt nhóm không còn dùng")
    session.add(
        SynonymGroup(
            names="\n".join(read(text)), kept_by_id=person_id, kept_at=clock.now()
        )
    )


def drop(session: Session, number: int) -> None:
    """Know a group no longer; it stays on record."""
    group = session.get(SynonymGroup, number)
    if group is not None and group.dropped_at is None:
        group.dropped_at = clock.now()
