"""What a grant leads to: an agreement and a connection, drafted for whoever writes
them, filled in with what was asked and given.
"""

from typing import Any

from app.errors import TransitionError
from app.exchange.cases.models import Case
from app.exchange.connections import AGREEMENT, CONNECTION
from app.register.queries import Register
from app.register.standing import moment
from app.workflow.context import Desk
from app.workflow.official_words import small_first
from app.workflow.proposals import drafting, service
from app.workflow.proposals.inputs import ProposalRequest

_DRAFTED = "proposals"  # of the answer


def drafted(case: Case) -> list[int]:
    """Return the numbers of the proposals that were drafted from a case."""
    return list((case.answer or {}).get(_DRAFTED, ()))


def require_undrafted(_desk: Desk, case: Case) -> None:
    """Raise TransitionError where both are drafted already."""
    numbers = drafted(case)
    if numbers:
        told = ", ".join(map(str, numbers))
        raise TransitionError(f"Đã lập phiếu số {told} từ việc này; làm tiếp ở đó")


def draft(desk: Desk, case: Case, _given: object) -> None:
    """Draft the agreement and the connection for the actor's agency."""
    register = Register(desk.session, desk.profile, moment(desk.session))
    numbers = []
    for kind, content in (
        (AGREEMENT, _agreement(register, case)),
        (CONNECTION, _connection(register, case)),
    ):
        start = drafting.blank(desk, desk.profile.kinds[kind])
        request = ProposalRequest(kind, {**start, **content})
        numbers.append(service.propose(desk, request).number)
    case.answer = {**(case.answer or {}), _DRAFTED: numbers}


def _common(case: Case) -> dict[str, Any]:
    return {
        name: case.content[name]
        for name in ("illustrative", "certainty")
        if name in case.content
    }


def _names(register: Register, case: Case) -> tuple[str, str]:
    """Return what the title says: the data, and who takes them."""
    ids = [one for one in (case.about_id, case.asking_id) if one]
    views = register.by_ids(ids)
    about = views.get(case.about_id) if case.about_id else None
    taker = views.get(case.asking_id)
    return about.title if about else case.title, taker.title if taker else ""


def _agreement(register: Register, case: Case) -> dict[str, Any]:
    data, taker = _names(register, case)
    answer = case.answer or {}
    content: dict[str, Any] = {
        "title": {"vi": f"Thỏa thuận chia sẻ {small_first(data)} với {taker}"[:300]},
        "purpose": case.content.get("purpose", ""),
        "owner": str(case.answering_id),
        "consumers": [str(case.asking_id)],
        "legal_basis": case.content.get("legal_basis", []),
        "databases": [str(case.about_id)] if case.about_id else [],
        "items": [
            _item(case, name, place)
            for place, name in enumerate(answer.get("items", ()), start=1)
        ],
        "conditions": answer.get("text", ""),
        "state_secret": False,
    }
    return content | _common(case)


def _item(case: Case, name: str, place: int) -> dict[str, Any]:
    item = {"key": str(place), "name": name}
    if case.content.get("frequency"):
        item["frequency"] = case.content["frequency"]
    return item


def _connection(register: Register, case: Case) -> dict[str, Any]:
    data, taker = _names(register, case)
    content: dict[str, Any] = {
        "title": {"vi": f"{data} – {taker}"[:300]},
        "relation": "trao-doi-du-lieu",
        "connection_state": "du-kien",
        "owner": str(case.answering_id),
        "source": str(case.answering_id),
        "source_database": str(case.about_id) if case.about_id else "",
        "target": str(case.asking_id),
        "target_system": case.content.get("system", ""),
        "service": case.content.get("service", ""),
        "direction": "nguon-den-dich",
        "exchanged": (case.answer or {}).get("items", []),
        "frequency": case.content.get("frequency", ""),
        "legal_basis": case.content.get("legal_basis", []),
        "evidence": f"Đề nghị khai thác dữ liệu, việc số {case.number}",
        "state_secret": False,
    }
    filled = {name: value for name, value in content.items() if value not in ("", [])}
    return filled | _common(case)
