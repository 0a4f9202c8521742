"""What a succession says: from whom, to whom, of which form, from which day; and what
each form means, as one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.clock import OPEN_END
from app.vietnamese import fold


class ActType(StrEnum):
    """The codes of the list `loai-ke-thua`."""

    RENAME = "doi-ten"
    MERGE = "sap-nhap"
    CONSOLIDATE = "hop-nhat"
    DIVIDE = "chia"
    SPLIT = "tach"
    DISSOLVE = "giai-the"
    TRANSFER = "chuyen-chuc-nang"
    CORRECT = "dinh-chinh"


@dataclass(frozen=True)
class ActRule:
    """What a type does: whether the originals end, what moves by itself, and how many
    there may be on each side.
    """

    ends: bool
    # what is not assigned goes to the first successor; else only what is assigned moves
    everything: bool
    originals: tuple[int, int]
    resulting: tuple[int, int]


MANY = 200
FORMS: Mapping[ActType, ActRule] = {
    ActType.RENAME: ActRule(
        ends=False, everything=False, originals=(1, 1), resulting=(0, 0)
    ),
    ActType.MERGE: ActRule(
        ends=True, everything=True, originals=(1, MANY), resulting=(1, 1)
    ),
    ActType.CONSOLIDATE: ActRule(
        ends=True, everything=True, originals=(2, MANY), resulting=(1, 1)
    ),
    ActType.DIVIDE: ActRule(
        ends=True, everything=False, originals=(1, 1), resulting=(2, MANY)
    ),
    ActType.SPLIT: ActRule(
        ends=False, everything=False, originals=(1, 1), resulting=(1, MANY)
    ),
    ActType.DISSOLVE: ActRule(
        ends=True, everything=True, originals=(1, MANY), resulting=(0, 1)
    ),
    ActType.TRANSFER: ActRule(
        ends=False, everything=False, originals=(1, 1), resulting=(1, MANY)
    ),
    ActType.CORRECT: ActRule(
        ends=False, everything=False, originals=(1, MANY), resulting=(0, MANY)
    ),
}


@dataclass(frozen=True)
class Act:
    """One succession as its entry's content says it. `assigned`: folded key of an item
    → the agency that takes it.
    """

    entry_id: UUID
    type: ActType
    title: str
    originals: tuple[UUID, ...]
    resulting: tuple[UUID, ...]
    day: date
    decision: UUID | None
    names: Mapping[str, Any]
    assigned: Mapping[str, UUID]
    issue_codes: bool
    corrects: UUID | None

    @property
    def form(self) -> ActRule:
        """What the type means."""
        return FORMS[self.type]

    def heir(self, key: str, *, work: bool = False) -> UUID | None:
        """Return which agency takes an item, None when it stays where it is.

        `work`: open proposals and posts, which go to the first successor of whoever
        ends unless it is said otherwise.
        """
        by_itself = self.form.everything or (work and self.form.ends)
        default = self.resulting[0] if by_itself and self.resulting else None
        return self.assigned.get(fold(key), default)


def read(entry_id: UUID, content: Mapping[str, Any]) -> Act:
    """Read the content of a succession, complete or not: what is missing is empty, and
    a missing day never comes.
    """
    new = {"name": content.get("new_name"), "short_name": content.get("new_short_name")}
    return Act(
        entry_id=entry_id,
        type=ActType(content.get("type") or ActType.TRANSFER),
        title=str((content.get("title") or {}).get("vi", "")),
        originals=tuple(UUID(id_) for id_ in content.get("original", ())),
        resulting=tuple(UUID(id_) for id_ in content.get("resulting", ())),
        day=date.fromisoformat(content["date"]) if content.get("date") else OPEN_END,
        decision=UUID(content["decision"]) if content.get("decision") else None,
        names={name: value for name, value in new.items() if value},
        assigned={
            fold(share["item"].strip()): UUID(share["to"])
            for share in content.get("assignment", ())
            if share.get("item") and share.get("to")
        },
        issue_codes=content.get("issue_codes", True) is not False,
        corrects=UUID(content["corrects"]) if content.get("corrects") else None,
    )
