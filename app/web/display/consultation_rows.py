"""Consultations as the pages of what they are about show them."""

from typing import Any

from sqlalchemy.orm import Session

from app.web.http.current import register_today
from app.workflow.consultations import queries as consultation_queries
from app.workflow.decisions.models import Decision
from app.workflow.proposals.models import Proposal


def summaries(session: Session, thing: Proposal | Decision) -> list[dict[str, Any]]:
    """Return the consultations about a proposal or a decision, with what each agency
    says and its name.
    """
    held = [(one, one.opinions) for one in consultation_queries.about(session, thing)]
    names = register_today(session).by_ids(
        {opinion.agency_id for _, said in held for opinion in said}
    )
    return [
        {"consultation": one, "opinions": said, "names": names} for one, said in held
    ]
