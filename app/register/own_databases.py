"""The province's own databases, of which the figures about the list are made: which
they are, whether they rest on law in force, whether they are classified.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from app.register.content.facts import ORIGINAL, UNDETERMINED
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT
from catalog_schema.profile import DATABASE

ORIGINALS = Filter((DATABASE,), PRESENT, {"record_kind": (ORIGINAL,)})


def bases(content: Mapping[str, Any]) -> list[UUID]:
    """Return the legal documents that a content names as its basis."""
    return [UUID(basis) for basis in content.get("legal_basis", ())]


def lapsed(
    register: Register, contents: Iterable[Mapping[str, Any]]
) -> dict[UUID, EntryView]:
    """Return the legal documents that these name and that hold no longer on the
    register's day.
    """
    named = {basis for content in contents for basis in bases(content)}
    laws = register.by_ids(named)
    return {basis: law for basis, law in laws.items() if law.thing.over}


def rests_on_law(content: Mapping[str, Any], over: Collection[UUID]) -> bool:
    """Tell whether a content names a legal basis that is not among those that hold no
    longer (`over`).
    """
    return any(basis not in over for basis in bases(content))


def is_classified(content: Mapping[str, Any]) -> bool:
    """Tell whether a content says which class of sharing it is of."""
    return content.get("sharing_class") not in {None, "", UNDETERMINED}
