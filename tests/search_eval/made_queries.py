"""Queries made by rule from what a register holds, each with the entries that are right: those of that very name.

Nobody chose them; a class takes a sample of everything that there is of its sort.
"""

import csv
import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from app.register import codes
from app.register.content.facts import name_key
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State
from app.vietnamese import fold, unmarked
from search_eval.filled import ABBREVIATED, abbreviations

HERE = Path(__file__).parent
FIRST = 3
DATABASE = "co so du lieu"
_TELEX = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
_TONE = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}


@dataclass(frozen=True)
class Asked:
    """A query, and the entries of which the first found have to be: any, or where the query is their very name, only these."""

    text: str
    right: frozenset[UUID]
    exact: bool = True

    def is_found(self, first: list[UUID]) -> bool:
        """Tell whether the right ones come first: where several are right, all of the first three are of them."""
        hits = [entry in self.right for entry in first[:FIRST]]
        if not self.exact:
            return any(hits)
        needed = min(len(self.right), FIRST)
        return any(hits) if needed == 1 else all(hits[:needed]) and len(hits) >= needed


@dataclass
class Known:
    """What a register holds, by the names that queries are made of."""

    register: Register
    most: int = 150  # queries of a class that are tried
    choose: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.databases = self.register.all(Filter(("shared-database",), PRESENT))
        self.agencies = self.register.all(Filter(("agency",), PRESENT))
        self.laws = self.register.all(Filter(("legal-document",)))
        # whoever types a name may mean anything that bears it
        self.named: dict[str, set[UUID]] = {}
        for view in self.register.all(Filter()):
            for name in {plain(view.title), bare(view.title)}:
                self.named.setdefault(name, set()).add(view.id)
        self.items: dict[str, set[UUID]] = {}
        for view in self.databases:
            for item in view.content.get("data_items", ()):
                name = name_key(item["name"]["vi"])
                self.items.setdefault(name, set()).add(view.id)

    def sample(self, asked: Iterable[Asked]) -> list[Asked]:
        """Return so many of a class as are tried, by chance."""
        every = sorted(set(asked), key=lambda one: one.text)
        return self.choose.sample(every, min(self.most, len(every)))

    def called(self, text: str) -> frozenset[UUID]:
        """Return what bears a name: as its own, or as a data item's."""
        return frozenset(
            self.named.get(plain(text), set()) | self.items.get(name_key(text), set())
        )


def plain(name: str) -> str:
    """Return a name as it is compared: folded, without what parts its words."""
    words = re.sub(r"[^\w/.\-]+", " ", fold(name)).split()
    return " ".join(words).replace("csdl ", f"{DATABASE} ", 1)


def bare(name: str) -> str:
    """Return a name without how the names of all databases begin."""
    return plain(name).removeprefix(f"{DATABASE} ")


def classes(known: Known) -> dict[str, list[Asked]]:
    """Return the queries of every class."""
    made: dict[str, Callable[[Known], Iterable[Asked]]] = {
        "item": _items,
        "identifier": _identifiers,
        "source id": _source_ids,
        "code": _codes,
        "law": _laws,
        "name": _names,
        "without marks": _unmarked,
        "typing error": _mistyped,
        "telex": _telexed,
        "old name": _old_names,
        "initials": _initials,
        "abbreviation": _abbreviations,
    }
    return {name: known.sample(make(known)) for name, make in made.items()}


def _items(known: Known) -> Iterable[Asked]:
    for view in known.databases:
        for item in view.content.get("data_items", ()):
            text = item["name"]["vi"]
            yield Asked(text, known.called(text))


def _identifiers(known: Known) -> Iterable[Asked]:
    for view in (*known.databases, *known.agencies, *known.laws):
        for text in (view.local_id, view.local_id.lower(), view.iri):
            yield Asked(text, frozenset({view.id}))


def _source_ids(known: Known) -> Iterable[Asked]:
    for view in known.databases:
        text = view.content.get("source_id")
        if text:
            yield Asked(text, frozenset({view.id}))


def _codes(known: Known) -> Iterable[Asked]:
    kept = known.register.all(Filter(("identifier-code",), PRESENT))
    for answer in codes.resolve(known.register, [view.local_id for view in kept]):
        right = frozenset(view.id for view in answer.names)
        if len(right) == 1:
            # the agency comes first; after it, what it owns
            yield Asked(answer.asked, right, exact=False)


def _laws(known: Known) -> Iterable[Asked]:
    for law in known.laws:
        if law.title[:1].isdigit():
            number = law.title
            yield Asked(number, known.called(number), exact=False)
            yield Asked(
                f"số {number} ngày 01/01/2020", known.called(number), exact=False
            )
            resting = [
                view.id
                for view in known.databases
                if str(law.id) in view.content.get("legal_basis", ())
            ]
            if resting:
                right = frozenset({*resting, *known.called(number)})
                yield Asked(number, right)


def _names(known: Known) -> Iterable[Asked]:
    for view in (*known.databases, *known.agencies):
        yield Asked(view.title, known.called(view.title))


def _unmarked(known: Known) -> Iterable[Asked]:
    for view in (*known.databases, *known.agencies):
        yield Asked(unmarked(view.title), known.called(view.title))


def _telexed(known: Known) -> Iterable[Asked]:
    for view in known.databases:
        short = view.title.removeprefix("Cơ sở dữ liệu ")
        yield Asked(telex(short), known.called(view.title), exact=False)


def _mistyped(known: Known) -> Iterable[Asked]:
    for view in known.databases:
        short = view.title.removeprefix("Cơ sở dữ liệu ")
        words = short.split()
        long = [place for place, word in enumerate(words) if len(word) >= 5]
        if long:
            place = known.choose.choice(long)
            words[place] = mistyped(words[place], known.choose)
            yield Asked(" ".join(words), known.called(view.title), exact=False)


def _old_names(known: Known) -> Iterable[Asked]:
    for view in known.register.all(Filter(("agency",), (State.ENDED,))):
        heirs = frozenset(UUID(one) for one in view.content.get("successor", ()))
        present = {one.id for one in known.agencies}
        if heirs & present:
            yield Asked(view.title, heirs | known.called(view.title), exact=False)


def _initials(known: Known) -> Iterable[Asked]:
    """The first letter of each word of every name that has four to nine of them; short names are nobody's own."""
    by_initials: dict[str, set[UUID]] = {}
    for view in (*known.databases, *known.agencies, *known.laws):
        for name in (view.title, said(view)):
            words = re.findall(r"\w+", name)
            plain = [word for word in words if word.isalpha()]
            if 4 <= len(plain) == len(words) <= 9:
                made = "".join(word[0] for word in plain).upper()
                by_initials.setdefault(unmarked(made), set()).add(view.id)
    for view in (*known.databases, *known.agencies):
        words = re.findall(r"\w+", view.title)
        if 4 <= len(words) <= 9 and all(word.isalpha() for word in words):
            made = "".join(word[0] for word in words).upper()
            yield Asked(made, frozenset(by_initials[unmarked(made)]))


def _abbreviations(known: Known) -> Iterable[Asked]:
    for name in ABBREVIATED:
        yield from abbreviated(known, name)


def abbreviated(known: Known, name: str) -> Iterable[Asked]:
    """Yield the short forms of a file: right is what has the full form in its name or in an item's."""
    for short, full in abbreviations(name):
        key = f" {plain(full)} "
        right = {
            entry
            for names in (known.named, known.items)
            for title, entries in names.items()
            if key in f" {title} "
            for entry in entries
        }
        if right:
            yield Asked(short, frozenset(right), exact=False)


def sentences(known: Known, source: str = "sentences.tsv") -> Iterable[Asked]:
    """Yield what somebody who had not seen the code wrote as officials would ask."""
    titles: dict[tuple[str, str], set[UUID]] = {}
    for view in known.register.all(Filter()):
        for name in _titles(view):
            titles.setdefault((_SORTS.get(view.kind, ""), name), set()).add(view.id)
    with (HERE / source).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            right: set[UUID] = set()
            for answer in row["answers"].split("; "):
                sort, title = answer.split(":", 1)
                right |= titles.get((sort.removeprefix("national "), title), set())
            yield Asked(row["query"], frozenset(right), exact=False)


_SORTS = {
    "shared-database": "database",
    "agency": "agency",
    "legal-document": "law",
    "information-system": "system",
    "data-service": "service",
    "procedure": "procedure",
    "project": "project",
}


def _titles(view: EntryView) -> set[str]:
    return {view.title, said(view)}


def said(view: EntryView) -> str:
    """Return what an entry says it is called, which of a law is what it is about."""
    text = view.content.get("title") or view.content.get("name") or ""
    return text["vi"] if isinstance(text, dict) else text


def telex(text: str) -> str:
    """Return what comes of typing a text with the keys of Telex while no input method is on."""
    words = []
    for word in re.findall(r"\w+|[^\w\s]", text.lower()):
        letters, tone = "", ""
        for char in unicodedata.normalize("NFC", word):
            parts = unicodedata.normalize("NFD", char)
            tones = [part for part in parts if part in _TONE]
            base = unicodedata.normalize(
                "NFC", "".join(c for c in parts if c not in _TONE)
            )
            letters += _TELEX.get(base, base)
            tone = _TONE[tones[0]] if tones else tone
        words.append(letters + tone)
    return " ".join(words)


def mistyped(word: str, choose: random.Random) -> str:
    """Return a word with two letters the wrong way round, one missing or one twice."""
    place = choose.randrange(1, len(word) - 1)
    return choose.choice(
        (
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
        )
    )
