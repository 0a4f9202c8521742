"""What a text names exactly: an entry by its identifier or address, whoever holds a
code, a law by its number, an agency as offices write it; databases by an item's name.

Such entries come before those that only hold the words. Of what has a code, of an
agency and of a law, the databases follow: whose they are, what it promulgated, what
rests on it.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from threading import Lock
from uuid import UUID

from cachetools import LRUCache, cached

from app.errors import NotFoundError
from app.register import agency_names, codes, law_numbers
from app.register.content.facts import name_key
from app.register.filters import Filter
from app.register.models import Fact
from app.register.queries import EntryView, Register
from app.register.references import entries_that_hold, naming, once_named
from app.register.standing import PRESENT
from app.vietnamese import clean
from catalog_schema.profile import DATABASE

MOST = 50  # entries that a text names
_LONGEST = 300  # letters of an address
_WORDS, _LONGEST_NAME = 40, 12  # of a sentence that are read; of an agency's name
_ITEM = "data_items.name"
_LAW = "legal-document"
_IDENTIFIER = re.compile(r"[A-Za-z]{2,6}-\d{1,7}")
_ADDRESS = re.compile(
    r"(?:https?:/)?/\S*/([\w.\-]+?)(?:\.(?:ttl|rdf|jsonld|nt|html))?", re.IGNORECASE
)
_CODE = re.compile(r"[A-Za-z]?[\d.\-A-Za-z]*\d[\d.\-A-Za-z]*")
# an identifier, a code, a law's number inside a sentence
_WITHIN = re.compile(
    r"(?<!\S)(?:[A-Z]{2,6}-\d{1,7}|\d{3}(?:\.\d{2,3}){2,}\.[A-Z]\d{2}|"
    r"[A-Z]\d{2}(?:\.\d{1,3})*|\d{1,5}/\d{4}/[A-ZĐ][\w\-]*|\d{1,5}/[A-ZĐ]+-[\w\-]+)"
    r"(?=[\s,;:?!.]|$)"
)
# the province behind the name of one of its agencies
_PROVINCE = re.compile(
    r"\s+(?:tỉnh|thành phố|tp\.?)\s+\w+(?:\s\w+){0,3}$", re.IGNORECASE
)
# a law cited by its number, folded, with its kind before and its day, issuer and title
# after
_CITED = re.compile(
    rf"(?:(?:{law_numbers.KIND})\s+)?(?:so\s*:?\s*)?"
    r"(\d{1,5}(?:\.\d{1,2})?[/\-](?:\d{4}/)?[a-z][a-z0-9\-/]*)(?:\s*[,;]?\s+(?:ngay|cua|quy|ve)\s.*)?"
)


def named(register: Register, text: str) -> list[UUID]:
    """Return what a text names exactly on the register's day, the thing itself first;
    none for a text that only has words. In a sentence the first identifier, code or
    number is what it speaks of. At most MOST.
    """
    asked = clean(text)
    within = (match[0] for match in _WITHIN.finditer(asked) if match[0] != asked)
    for part in (asked, *within):
        for look in (_by_identifier, _by_code, _by_law, _by_agency):
            found = look(register, part)
            if found:
                return list(dict.fromkeys(found))[:MOST]
    return []


def agency_within(register: Register, text: str) -> list[UUID]:
    """Return the agency that a sentence names, as it is on the register's day; the
    longest name that it holds; none where it holds none.
    """
    words, spelled = clean(text).split()[:_WORDS], _ever(register)
    lengths = range(min(len(words), _LONGEST_NAME), 1, -1)
    runs = (words[at : at + n] for n in lengths for at in range(len(words) - n + 1))
    for run in runs:
        name = " ".join(run).strip(",.;:?!")
        if meant := agency_names.meant_today(register, name, spelled):
            return [view.id for view in meant]
    return []


def with_item(register: Register, text: str) -> list[UUID]:
    """Return the databases that have a data item of exactly this name, by title; at
    most MOST.
    """
    key = name_key(clean(text))
    if not key:
        return []
    holds = (Fact.field == _ITEM) & (Fact.value == key)
    return _by_title(register, entries_that_hold(register, holds))[:MOST]


def without_address(text: str) -> str:
    """Return the identifier that an entry's address ends with; any other text as it
    is.
    """
    match = _ADDRESS.fullmatch(clean(text)) if len(text) <= _LONGEST else None
    return match[1] if match else text


def _by_identifier(register: Register, text: str) -> list[UUID]:
    if _IDENTIFIER.fullmatch(text) is None:
        return []
    try:
        return [register.by_local_id(text.upper()).id]
    except NotFoundError:
        return []


def _by_code(register: Register, text: str) -> list[UUID]:
    if _CODE.fullmatch(text) is None:
        return []
    (answer,) = codes.resolve(register, [text])
    holders = [view.id for view in answer.names]
    kept = [hit.entry.id for hit in answer.hits]
    return [*holders, *kept, *_owned(register, holders)]


def _by_law(register: Register, text: str) -> list[UUID]:
    key = name_key(text)
    cited, short = _CITED.fullmatch(key), law_numbers.SHORT.fullmatch(key)
    if cited is None and short is None:
        return []
    titles = register.titles(Filter((_LAW,)))
    laws = [
        law
        for law, title in titles.items()
        if (cited and name_key(title) == cited[1])
        or (short and law_numbers.is_short_for(short, title))
    ]
    laws.sort(key=lambda law: titles[law].split("/")[1:], reverse=True)  # latest first
    promulgated = {view.id for law in laws for view in register.promulgated(law)}
    listed = _by_title(register, promulgated)
    return [*laws, *listed, *_that_name(register, laws, "legal_basis")]


def _by_agency(register: Register, text: str) -> list[UUID]:
    spelled = _ever(register)
    meant = agency_names.meant_today(register, text, spelled)
    if not meant and _PROVINCE.search(text):
        text = _PROVINCE.sub("", text)
        meant = agency_names.meant_today(register, text, spelled)
    if not meant:
        return []
    agencies = [view.id for view in meant]
    # those that are gone and bore that name too
    gone = [view.id for view in agency_names.ever_called(register, text, spelled)]
    owned = _owned(register, agencies)
    left = spelled.get(agency_names.as_written(text), set()).difference(agencies)
    once = once_named(register, owned, "owner") if left else {}
    # first what was theirs
    owned.sort(key=lambda one: left.isdisjoint(once.get(one, ())))
    return [*agencies, *gone, *owned]


def _edition(register: Register) -> Hashable:
    return register.edition


@cached(LRUCache[Hashable, Mapping[str, set[UUID]]](2), key=_edition, lock=Lock())
def _ever(register: Register) -> Mapping[str, set[UUID]]:
    return agency_names.ever(register)


def _owned(register: Register, agencies: Iterable[UUID]) -> list[UUID]:
    return _that_name(register, agencies, "owner")


def _that_name(register: Register, targets: Iterable[UUID], field: str) -> list[UUID]:
    users = {user for user, _target in naming(register, targets, (field,))}
    return _by_title(register, users)


def _by_title(register: Register, ids: Iterable[UUID]) -> list[UUID]:
    """Return those of these that are databases in the list, by title."""
    views = register.by_ids(ids).values()
    there = [view for view in views if view.kind == DATABASE and view.state in PRESENT]
    return [view.id for view in sorted(there, key=_order)]


def _order(view: EntryView) -> str:
    return view.sort_key
