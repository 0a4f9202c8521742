"""Legal bases that an agency typed since the register does not hold them: each waits to
be linked to a document of the register, and is, in every open proposal that typed the
same number and day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.vietnamese import fold

LAW = "legal-document"
TYPED, LINKED = "typed_bases", "legal_basis"


@dataclass(frozen=True)
class TypedBasis:
    """A document as it was typed."""

    number: str
    issued: str
    title: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two of them the same: the number however it is spelled, and the
        day.
        """
        return "".join(fold(self.number).split()), self.issued


def typed(content: Mapping[str, Any]) -> list[TypedBasis]:
    """Return what a content, valid or not, has typed and not linked."""
    rows = content.get(TYPED)
    return [
        TypedBasis(
            str(row.get("number") or ""),
            str(row.get("issued") or ""),
            str(row.get("title") or ""),
        )
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping)
    ]


def linked(
    content: Mapping[str, Any], basis: TypedBasis, law_id: UUID
) -> dict[str, Any]:
    """Return content in which what was typed as this basis is the document."""
    rows = content.get(TYPED, ())
    said = zip(rows, typed(content), strict=True)
    rest = [row for row, one in said if one.key != basis.key]
    named = content.get(LINKED)
    names = {str(law_id), *(named if isinstance(named, list) else ())}
    others = {name: value for name, value in content.items() if name != TYPED}
    return {**others, LINKED: sorted(names), **({TYPED: rest} if rest else {})}
