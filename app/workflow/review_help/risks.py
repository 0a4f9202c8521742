"""Which proposals need care, and why."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import among
from app.workflow.proposals.models import Finding, Proposal

SMALL = 300  # proposals that are looked at for the short lane


class Risk(StrEnum):
    """Why a proposal needs care."""

    DUPLICATE = "near-duplicate"
    REPEALED = "repealed-law"
    RETURNED = "returned"
    SENSITIVE = "sensitive"
    CORE = "core"
    ENDS = "ends"


def risks(session: Session, rows: Sequence[Proposal]) -> dict[UUID, list[Risk]]:
    """Return why each proposal needs care: what checks found when it was sent, and what
    it says of itself.
    """
    query = select(Finding.proposal_id, Finding.rule).where(
        Finding.resolved_at.is_(None), Finding.post_id.is_(None)
    )
    marks: dict[UUID, set[str]] = defaultdict(set)
    for proposal_id, rule in session.execute(
        query.where(among(session, Finding.proposal_id, [r.id for r in rows]))
    ):
        marks[proposal_id].add(str(rule))
    risks_by_row = {}
    for row in rows:
        mark = marks[row.id]
        risks_by_row[row.id] = [risk for risk in Risk if _runs(row, risk, mark)]
    return risks_by_row


def _runs(row: Proposal, risk: Risk, rules: set[str]) -> bool:
    match risk:
        case Risk.RETURNED:
            return row.round > 1
        case Risk.SENSITIVE:
            return row.content.get("personal_data") == "nhay-cam"
        case Risk.CORE:
            return row.content.get("importance") in ("cot-loi", "quan-trong")
        case Risk.ENDS:
            return row.type in ("end", "suspend")
    return risk in rules
