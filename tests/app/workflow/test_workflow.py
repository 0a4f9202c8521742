from dataclasses import replace
from itertools import product

import pytest
from support import PATH, agency, code, database, law

from app.errors import (
    ConflictError,
    DanhmucError,
    ForbiddenError,
    FourEyesError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Action, Role, may
from app.register.filters import Filter
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import service
from app.workflow.proposals.actions import ACTIONS as RULES
from app.workflow.proposals.actions import path
from app.workflow.proposals.inputs import ProposalRequest, Remark, Return
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import ProposalType, Severity

REMARK = Remark("name", "Nêu rõ hơn")


def at(office, status, content=None):
    """Bring a new proposal of the department to `status` and return its id."""
    walks = {
        Status.DRAFT: (),
        Status.SUBMITTED: (Action.SUBMIT,),
        Status.IN_REVIEW: (Action.SUBMIT, Action.TAKE),
        Status.RETURNED: (Action.SUBMIT, Action.TAKE, Action.RETURN),
        Status.RECOMMENDED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND),
        Status.ENTERED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND, Action.APPROVE),
        Status.REJECTED: (Action.SUBMIT, Action.TAKE, Action.RECOMMEND, Action.REJECT),
        Status.WITHDRAWN: (Action.WITHDRAW,),
    }
    proposal_id = office.propose("agency", content or agency(f"Sở {status}"))
    for action in walks[status]:
        office.act(proposal_id, action, WHO[action], **WITH.get(action, {}))
    return proposal_id


WHO = {
    Action.SUBMIT: Role.REGISTRAR,
    Action.WITHDRAW: Role.REGISTRAR,
    Action.TAKE: Role.REVIEWER,
    Action.RETURN: Role.REVIEWER,
    Action.RECOMMEND: Role.REVIEWER,
    Action.APPROVE: Role.APPROVER,
    Action.REJECT: Role.APPROVER,
}
WITH = {
    Action.RETURN: {"reason": "Thiếu", "remarks": (REMARK,)},
    Action.REJECT: {"reason": "Trùng"},
    Action.EDIT: {"content": agency("Sở mới")},
}
ACTIONS = sorted(set(RULES) - {Action.PROPOSE, Action.ENTER})


@pytest.mark.slow
@pytest.mark.parametrize(
    "status", sorted(set(Status) - {Status.APPROVED, Status.ENDORSING})
)
def test_the_door_lets_through_what_both_tables_allow_and_nothing_else(office, status):
    """Every action × role × own/other agency, against a proposal in this status, through the real door."""
    people = [*Role, "elsewhere"]
    for number, (action, who) in enumerate(product(ACTIONS, people)):
        proposal_id = at(office, status, agency(f"Sở {status} {number}"))
        actor = office.actors[who]
        right = may(actor, action, office.department)
        readable = may(actor, Action.READ, office.department)
        follows = (status, action) in path().table
        try:
            office.act(proposal_id, action, who, **WITH.get(action, {}))
        except InvalidError:  # what an action asks is looked at behind the door
            assert right
            assert follows
        except NotFoundError:
            assert not readable
        except (ForbiddenError, TransitionError) as error:
            assert readable
            assert isinstance(error, TransitionError) == right
            assert not (right and follows)
        else:
            assert right
            assert follows


def test_another_agencys_proposal_is_as_absent_as_one_that_never_was(office):
    proposal_id = at(office, Status.DRAFT)

    with office.desk("elsewhere") as desk, pytest.raises(NotFoundError) as there:
        proposals.get(desk, proposal_id)
    with office.desk("elsewhere") as desk, pytest.raises(NotFoundError) as never:
        proposals.by_number(desk, 999_999)

    assert there.value.message == never.value.message


@pytest.mark.parametrize(
    "action", [Action.RETURN, Action.RECOMMEND, Action.APPROVE, Action.REJECT]
)
def test_nobody_decides_on_what_they_drafted_whatever_post_they_hold(office, action):
    """The same person, appointed to the deciding post as well."""
    status = (
        Status.IN_REVIEW
        if action in (Action.RETURN, Action.RECOMMEND)
        else Status.RECOMMENDED
    )
    proposal_id = at(office, status)
    author = office.actors[Role.REGISTRAR].person_id
    office.actors[WHO[action]] = type(office.actors[Role.REVIEWER])(
        author, office.actors[WHO[action]].post_id, WHO[action], office.department
    )

    with pytest.raises(FourEyesError):
        office.act(proposal_id, action, WHO[action], **WITH.get(action, {}))


def test_returning_needs_a_finding_which_is_the_reason(office):
    proposal_id = at(office, Status.IN_REVIEW)

    with pytest.raises(InvalidError, match="ý kiến"):
        office.act(proposal_id, Action.RETURN, Role.REVIEWER, reason="Thiếu")
    office.act(
        proposal_id, Action.RETURN, Role.REVIEWER, remarks=(REMARK,), reason="  "
    )
    with office.desk(Role.REVIEWER) as desk:
        assert proposals.get(desk, proposal_id).status is Status.RETURNED


def test_rejecting_needs_a_reason(office):
    with pytest.raises(InvalidError, match="lý do"):
        office.act(at(office, Status.RECOMMENDED), Action.REJECT, Role.APPROVER)


def test_an_open_finding_bars_recommending_until_it_is_resolved(office):
    proposal_id = at(office, Status.IN_REVIEW)
    office.act(proposal_id, Action.FIND, Role.REVIEWER, remarks=(REMARK,))

    with pytest.raises(InvalidError, match="chưa được đóng"):
        office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER)
    office.act(proposal_id, Action.RESOLVE, Role.REVIEWER)

    assert (
        office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER) == Status.RECOMMENDED
    )


def test_an_approval_of_something_else_than_was_seen_is_refused(office):
    proposal_id = at(office, Status.RECOMMENDED)

    with pytest.raises(ConflictError, match="đã xem"):
        office.act(proposal_id, Action.APPROVE, Role.APPROVER, seen_hash="0" * 64)
    with office.reading() as found:
        assert found.count(Filter()) == 2


def test_of_two_who_act_on_the_same_state_one_is_told_to_look_again(office):
    proposal_id = at(office, Status.DRAFT)
    with office.desk() as desk:
        seen = proposals.get(desk, proposal_id).lock_version

    office.act(
        proposal_id,
        Action.EDIT,
        Role.REGISTRAR,
        content=agency("Một"),
        lock_version=seen,
    )
    with pytest.raises(ConflictError):
        office.act(
            proposal_id,
            Action.EDIT,
            Role.REGISTRAR,
            content=agency("Hai"),
            lock_version=seen,
        )

    with office.desk() as desk:
        assert proposals.get(desk, proposal_id).content["name"]["vi"] == "Một"


def test_a_proposal_made_on_an_older_version_is_not_entered_over_a_newer_one(office):
    entry = office.enter("agency", agency("Sở Cũ"))
    stale = office.propose(
        "agency", agency("Sở A"), type=ProposalType.AMEND, entry_id=entry
    )
    for action, who in (
        (Action.SUBMIT, Role.REGISTRAR),
        (Action.TAKE, Role.REVIEWER),
        (Action.RECOMMEND, Role.REVIEWER),
    ):
        office.act(stale, action, who)
    office.enter("agency", agency("Sở B"), type=ProposalType.AMEND, entry_id=entry)

    with pytest.raises(ConflictError, match="phiên bản mới hơn"):
        office.act(stale, Action.APPROVE, Role.APPROVER)


def test_a_draft_keeps_what_was_typed_even_where_it_is_invalid(office):
    typed = {"name": {"vi": "Sở"}, "homepage": "không phải địa chỉ", "lạ": [1, 2]}

    proposal_id = office.propose("agency", typed)

    with office.desk() as desk:
        assert proposals.get(desk, proposal_id).content == typed


def test_submitting_names_every_field_that_must_be_mended(office):
    proposal_id = office.propose(
        "shared-database",
        {
            "title": {"vi": "Đất đai"},
            "record_kind": "goc",
            "state_secret": True,
            "theme": ["ZZ"],
        },
    )

    with pytest.raises(InvalidError) as refused:
        office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)

    found = {e.field: e.message for e in refused.value.fields}
    assert "Cần nhập “Cơ quan chủ quản”" in found["owner"]
    assert "bí mật nhà nước" in found["state_secret"]
    assert "ZZ" in found["theme.0"]


def test_submitting_asks_for_little_and_entering_for_the_rest(office):
    owner, basis = str(office.department), str(office.law())
    full = database(owner, basis)
    few = {
        name: full[name]
        for name in (
            *("title", "purpose", "description", "record_kind", "owner"),
            *("contact_point", "legal_basis", "frequency", "state_secret"),
        )
    }
    proposal_id = office.propose("shared-database", few)
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal_id, Action.TAKE, Role.REVIEWER)

    with pytest.raises(InvalidError, match="bổ sung") as refused:
        office.act(proposal_id, Action.RECOMMEND, Role.REVIEWER)

    assert {"data_items", "access_rights", "theme"} <= {
        e.field for e in refused.value.fields
    }


def test_a_code_is_never_issued_twice_not_even_after_it_was_closed(office):
    office.enter(
        "identifier-code", code("Y98", status="da-dong", closing_reason="Sáp nhập")
    )

    with pytest.raises(InvalidError) as refused:
        office.enter("identifier-code", code("Y98"))

    assert "không bao giờ được cấp lại" in refused.value.fields[0].message


def test_two_drafts_of_one_code_cannot_both_be_entered(office):
    given = code("Y97", issued_by=str(office.law()))
    first, second = (office.propose("identifier-code", given) for _ in range(2))
    for proposal in (first, second):
        for action in (Action.SUBMIT, Action.TAKE, Action.RECOMMEND):
            office.act(proposal, action, WHO[action])
    office.act(first, Action.APPROVE, Role.APPROVER)

    with pytest.raises(DanhmucError, match=r"bổ sung|đã có"):
        office.act(second, Action.APPROVE, Role.APPROVER)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (code("Y97"), "issued_by"),
        (
            code(
                "Y97",
                status="da-dong",
                closing_reason="Sáp nhập",
                validity={"start": "2021-01-01", "end": "2026-01-01"},
            ),
            "closed_by",
        ),
    ],
)
def test_a_code_is_given_and_closed_by_a_decision(office, content, field):
    proposal = office.propose("identifier-code", content)
    for action in (Action.SUBMIT, Action.TAKE):
        office.act(proposal, action, WHO[action])

    with pytest.raises(InvalidError) as refused:
        office.act(proposal, Action.RECOMMEND, WHO[Action.RECOMMEND])

    assert [error.field for error in refused.value.fields] == [field]


@pytest.mark.parametrize("kind", ["agency", "identifier-code"])
def test_an_agency_and_a_code_end_by_a_paper(office, kind):
    content = agency("Sở sắp giải thể") if kind == "agency" else code("Y97")
    entry = office.enter(kind, content)
    with office.desk() as desk:
        asked = ProposalRequest(kind, {}, ProposalType.END, entry)
        proposal = service.propose(desk, asked).id

    with pytest.raises(InvalidError, match="Đính kèm văn bản"):
        office.act(proposal, Action.SUBMIT, Role.REGISTRAR)


@pytest.mark.parametrize(
    ("content", "field", "word"),
    [
        (code("y99"), "value", "chữ cái A–Y"),
        (code("Y99." + "1" * 40), "value", "35"),
        (code("Y96.1"), "parent_code", "Y96"),
        (code("000.00.00.H1", scheme="QCVN102"), "value", "13 ký tự"),
        (
            code("Y95", validity={"start": "2026-02-01", "end": "2026-01-01"}),
            "validity.end",
            "sau ngày bắt đầu",
        ),
        (code("Y94", status="da-dong"), "closing_reason", "Lý do đóng"),
    ],
)
def test_wrong_codes_are_refused_with_the_field_and_the_mend(
    office, content, field, word
):
    with pytest.raises(InvalidError) as refused:
        office.enter("identifier-code", content)

    found = {e.field: e.message for e in refused.value.fields}
    assert word in found[field]


def test_an_agency_has_one_code_in_use_per_scheme(office):
    office.enter("identifier-code", code("Y93", office.department))

    with pytest.raises(InvalidError) as refused:
        office.enter("identifier-code", code("Y92", office.department))

    assert "Y93" in refused.value.fields[0].message


@pytest.mark.parametrize(
    ("kind", "content", "rule"),
    [
        ("agency", agency("so khoa hoc va cong nghe"), "near-duplicate"),
        ("identifier-code", code("Y90.01", parent_code="PARENT"), "code-twin"),
        ("agency", agency("Sở khác", legal_basis=["REPEALED"]), "repealed-law"),
    ],
)
def test_what_looks_odd_is_shown_to_the_reviewer_but_bars_nothing(
    office, kind, content, rule
):
    parent = office.enter("identifier-code", code("Y90"))
    office.enter("identifier-code", code("Y90.1", parent_code=str(parent)))
    repealed = office.law("9/2020/QĐ-UBND", in_force_to="2025-01-01")
    names = {"PARENT": str(parent), "REPEALED": str(repealed)}
    content = {
        k: names.get(v, v) if isinstance(v, str) else v for k, v in content.items()
    }
    content = {
        k: [names.get(i, i) for i in v] if isinstance(v, list) else v
        for k, v in content.items()
    }

    proposal_id = office.propose(kind, content)
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)

    with office.desk(Role.REVIEWER) as desk:
        found = proposals.findings(proposals.get(desk, proposal_id))
        assert (rule, Severity.WARNING) in {(f.rule, f.severity) for f in found}


def test_what_an_item_rests_on_is_looked_at_too(office):
    repealed = office.law("9/2020/QĐ-UBND", in_force_to="2025-01-01")
    content = database(str(office.department), str(office.law()))
    content["data_items"][0]["sharing"][0]["legal_basis"] = str(repealed)

    proposal_id = office.propose("shared-database", content)
    office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR)

    with office.desk(Role.REVIEWER) as desk:
        found = proposals.findings(proposals.get(desk, proposal_id))
        warned = {f.field for f in found if f.rule == "repealed-law-of-item"}
    assert warned == {"data_items.sharing.legal_basis"}


def test_a_reference_to_nothing_is_refused(office):
    with pytest.raises(InvalidError) as refused:
        office.enter(
            "agency", agency("Sở", parent="00000000-0000-0000-0000-000000000001")
        )

    assert refused.value.fields[0].field == "parent"


def test_a_recalled_proposal_can_be_edited_and_sent_again(office):
    proposal_id = at(office, Status.SUBMITTED)

    office.act(proposal_id, Action.RECALL, Role.REGISTRAR)
    office.act(proposal_id, Action.EDIT, Role.REGISTRAR, content=agency("Sở sửa"))

    assert office.act(proposal_id, Action.SUBMIT, Role.REGISTRAR) == Status.SUBMITTED


@pytest.mark.parametrize(
    "content",
    [None, [1], "chữ", {"a": float("nan")}, {"a": 2**60}, {"a": "x" * 2_000_001}],
)
def test_content_that_cannot_be_kept_is_refused_in_words(office, content):
    with pytest.raises(InvalidError):
        office.propose("agency", content)


def test_content_nested_too_deeply_is_refused_in_words(office):
    deep = {}
    for _ in range(500):
        deep = {"a": deep}

    with pytest.raises(InvalidError, match="sâu"):
        office.propose("agency", deep)


def test_a_law_that_is_deeply_wrong_changes_nothing(office):
    with office.reading() as found:
        before = found.count(Filter())

    with pytest.raises(InvalidError):
        office.enter("legal-document", law(issued="2026-02-30"))

    with office.reading() as found:
        assert found.count(Filter()) == before


def test_the_deed_of_an_edit_needs_content(office):
    with pytest.raises(InvalidError):
        office.act(at(office, Status.DRAFT), Action.EDIT, Role.REGISTRAR)
    assert Return().remarks == ()


def test_four_eyes_count_the_person_over_every_step_whatever_post_they_hold(office):
    """Whoever put it up does not approve it in another post of theirs, nor has it entered."""
    proposal_id = office.propose("agency", agency("Sở Nội vụ"))
    for action, who in PATH[:-1]:
        office.act(proposal_id, action, who)
    reviewer, approver = office.actors[Role.REVIEWER], office.actors[Role.APPROVER]
    office.actors["both"] = replace(approver, person_id=reviewer.person_id)

    with pytest.raises(FourEyesError):
        office.act(proposal_id, Action.APPROVE, "both")
    with office.desk("both") as desk:
        proposal = proposals.get(desk, proposal_id)
        assert service.bars(desk, proposal, Action.ENTER)
    assert office.act(proposal_id, Action.APPROVE, Role.APPROVER) == "entered"


def test_a_yes_keeps_its_conclusion_and_has_one_where_the_law_has_lapsed(office):
    repealed = office.law(
        "47/2020/NĐ-CP", status="het-hieu-luc", in_force_to="2025-10-22"
    )
    content = database(str(office.department), str(repealed))
    proposal = office.propose("shared-database", content)
    office.act(proposal, Action.SUBMIT, Role.REGISTRAR)
    office.act(proposal, Action.TAKE, Role.REVIEWER)
    with pytest.raises(InvalidError, match="nêu vì sao vẫn đồng ý"):
        office.act(proposal, Action.RECOMMEND, Role.REVIEWER)
    why = "Hệ thống lập theo nghị định cũ; nơi thay thế giữ nguyên nội dung"
    office.act(proposal, Action.RECOMMEND, Role.REVIEWER, reason=why)
    with pytest.raises(InvalidError, match="nêu vì sao vẫn đồng ý"):
        office.act(proposal, Action.APPROVE, Role.APPROVER)
    office.act(proposal, Action.APPROVE, Role.APPROVER, reason="Đồng ý vì chuyển tiếp")

    with office.desk() as desk:
        kept = proposals.get(desk, proposal).revisions
        said = [(str(one.action), one.reason) for one in kept if one.reason]
    assert said == [("recommend", why), ("approve", "Đồng ý vì chuyển tiếp")]


@pytest.mark.parametrize("holder", ["department", None])
def test_no_other_agency_opens_an_amendment_of_a_code(office, holder):
    entry = office.enter(
        "identifier-code", code("Y97", getattr(office, holder) if holder else None)
    )
    content = office.get(entry).content
    request = {"type": ProposalType.AMEND, "entry_id": entry}

    with pytest.raises(ForbiddenError):
        office.propose("identifier-code", dict(content), "elsewhere", **request)
    # its holder may, and the department, which here is the same
    assert office.propose("identifier-code", dict(content), **request)


def test_no_other_agency_opens_an_amendment_of_what_is_owned_though_nothing_is_hidden(
    office,
):
    entry = office.enter("agency", agency("Sở Thí điểm"))
    content = dict(office.get(entry).content)

    with pytest.raises(ForbiddenError):
        office.propose(
            "agency", content, "elsewhere", type=ProposalType.AMEND, entry_id=entry
        )
