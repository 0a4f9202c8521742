"""What tests of decisions do: have something approved, gather, freeze, sign."""

import pytest
from support import PATH, database

from app import clock
from app.errors import InvalidError
from app.permissions import Role
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import service as decisions
from app.workflow.decisions.models import Issuer
from app.workflow.decisions.service import Draft
from app.workflow.decisions.signing import Signature
from app.workflow.decisions.text import Wording
from app.workflow.proposals.models import Proposal

TODAY = clock.today()
SIGNER = "Nguyễn Văn A"


def approved(office, basis, title="CSDL Đất đai", path=PATH, **more):
    proposal = office.propose(
        "shared-database",
        database(str(office.department), str(basis), title=title, **more),
    )
    for action, who in path:
        office.act(proposal, action, who)
    return proposal


def gather(
    office,
    basis,
    *numbers,
    effective=TODAY,
    title="Ban hành Danh mục đợt 1",
    **more,
):
    with office.desk(Role.CLERK) as desk:
        draft = Draft(
            title,
            Issuer.COMMITTEE,
            [basis],
            effective,
            wording=Wording(signatory=SIGNER, unit="CĐS"),
            **more,
        )
        decision = decisions.begin(desk, draft)
        decisions.write(desk, decision.number, decision.lock_version, draft, numbers)
        return decision.number


def do(office, number, verb, *arguments, who=Role.CLERK):
    with office.desk(who) as desk:
        lock = decision_queries.get(desk, number).lock_version
        return getattr(decisions, verb)(desk, number, lock, *arguments)


def freeze(office, number, who=Role.CLERK):
    with office.desk(who) as desk:
        decisions.reserve(desk, number)
    do(office, number, "freeze", ("a" * 64, "b" * 64), who=who)


def frozen(office, basis, *numbers, **more):
    number = gather(office, basis, *numbers, **more)
    freeze(office, number)
    return number


def signature(**more):
    said = {
        "number": "12/QĐ-UBND",
        "signed_on": TODAY,
        "signatory": SIGNER,
        "effective_from": TODAY,
        "why": "Ký ngoài ngày làm việc",  # where today is none
    }
    return Signature(
        **{
            **said,
            "file": "c" * 64,
            "issuer_name": "Ủy ban nhân dân tỉnh Thử Nghiệm",
            **more,
        }
    )


def signed_document(office, number):
    with office.desk(Role.CLERK) as desk:
        return decision_queries.get(desk, number).entry_id


def refused(office, decision, **more):
    with pytest.raises(InvalidError) as error:
        do(office, decision, "sign", signature(**more))
    return {found.field: found.message for found in error.value.fields}


def status(office, proposal):
    with office.system.database.reading() as session:
        return session.get(Proposal, proposal).status
