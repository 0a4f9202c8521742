"""What follows from content for finding it: facts, titles, the key by which twins are
found, texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.clock import OPEN_END, OPEN_START
from app.vietnamese import fold
from catalog_schema.identifiers import twin_key
from catalog_schema.profile import Field, Kind, Type

ORIGINAL = "goc"
REFERENCE = "tham-chieu"  # the kind of record that other bodies keep the original of
_LONGEST = 200  # letters of a fact
UNDETERMINED = "chua-xac-dinh"  # in every code list that has it


@dataclass(frozen=True)
class FactValue:
    """One fact of a content: dotted field, and the value or the entry it names."""

    field: str
    value: str | None
    target: UUID | None
    valid_from: date = OPEN_START
    valid_to: date = OPEN_END


_FACTUAL = {Type.CONCEPT, Type.REFERENCE, Type.DATE, Type.INTEGER, Type.BOOLEAN}


def facts(
    members: tuple[Field, ...], content: Mapping[str, Any], prefix: str = ""
) -> Iterator[FactValue]:
    """Yield what lists and look-ups ask for; a part with `valid_from`/`valid_to` lends
    its days to its facts.
    """
    days = (
        (_day(content, "valid_from", OPEN_START), _day(content, "valid_to", OPEN_END))
        if prefix
        else ()
    )
    for field in members:
        value = content.get(field.name)
        if value is None:
            continue
        items = value if field.many else [value]
        for item in items:
            if field.type is Type.GROUP:
                yield from facts(field.fields, item, f"{prefix}{field.name}.")
            elif field.type is Type.REFERENCE:
                yield FactValue(prefix + field.name, None, UUID(item), *days)
            elif field.type in _FACTUAL or (field.facet and field.type is Type.TEXT):
                yield FactValue(prefix + field.name, _text(item), None, *days)
            elif field.lookup:
                said = item.get("vi", "") if isinstance(item, dict) else item
                yield FactValue(prefix + field.name, name_key(said), None, *days)


def name_key(name: str) -> str:
    """Return what names of things share that read the same without marks and case."""
    return " ".join(fold(name).split())[:_LONGEST]


def _day(content: Mapping[str, Any], name: str, default: date) -> date:
    value = content.get(name)
    return date.fromisoformat(value) if value else default


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def title(kind: Kind, content: Mapping[str, Any]) -> str:
    """Return the Vietnamese title of a content, empty when it has none."""
    value = content.get(kind.title_field) or ""
    return str(value.get("vi", "")) if isinstance(value, dict) else str(value)


def match_key(kind: Kind, name: str) -> str:
    """Return a key that near-duplicates share: titles that read the same without marks,
    codes that are near-twins.
    """
    return (
        twin_key(name) if kind.identifier_field else " ".join(fold(name).split())[:500]
    )


def texts(
    members: tuple[Field, ...], content: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Field, str]]:
    """Yield (dotted name, field, text) of every searchable text in a content."""
    for field in members:
        value = content.get(field.name)
        if value is None:
            continue
        for item in value if field.many else [value]:
            if field.type is Type.GROUP:
                yield from texts(field.fields, item, f"{prefix}{field.name}.")
            elif field.type in (Type.REFERENCE, Type.CONCEPT):
                # found by the names of what is named: see `app.search.projection`
                continue
            elif field.search_weight and isinstance(item, dict):
                yield from (
                    (prefix + field.name, field, text) for text in item.values()
                )
            elif field.search_weight:
                yield prefix + field.name, field, str(item)
