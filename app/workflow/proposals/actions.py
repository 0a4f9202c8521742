"""Everything that is done to a proposal: one table, a rule for each action.

Who may do it is in `app.permissions`; all else that anybody asks about an action (the
one door, pages, the interface, notices, words, documents) is a view of this table. A
new action is one rule, and the class of what comes along with it in `inputs`.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from app.permissions import Action
from app.workflow.life import Path, Place, Rule, made_of, transitions
from app.workflow.proposals import effects, inputs, preconditions
from app.workflow.proposals.lifecycle import PASSED_OVER, USUAL, Status, Step
from app.workflow.proposals.models import Contribution


class Told(StrEnum):
    """Whom a notice of what was done is for; `app.notify` says it in words."""

    NEXT = "whoever acts next, the head of the agency or a reviewer"
    ASSIGNED = "the reviewer that it was given to"
    APPROVERS = "approvers"
    AUTHORS = "whoever wrote it for the agency"
    THREAD = "whoever opened the thread"
    OUTCOME = "clerks where it waits for a decision, and authors"
    EXAMINER = "the reviewer who had examined it"


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


WITHIN = frozenset({Contribution.AUTHOR, Contribution.ENDORSER})
ANYBODY = frozenset(Contribution)
BEFORE = ANYBODY - {Contribution.APPROVER}  # who approved may approve what came back
EVERYWHERE = frozenset({Place.PAGE, Place.API})
API = frozenset({Place.API})
PAGE = frozenset({Place.PAGE})

ACTIONS: Mapping[Action, Rule[Status]] = {
    Action.PROPOSE: Rule(
        word=_("Tạo phiếu"),
        moves={},  # there is no proposal yet: `service.propose` begins one
        takes=inputs.ProposalRequest,
        involves=Contribution.AUTHOR,
    ),
    Action.EDIT: Rule(
        word=_("Lưu"),
        moves={
            Status.DRAFT: Status.DRAFT,
            Status.RETURNED: Status.RETURNED,
        },
        takes=inputs.Edit,
        precondition=preconditions.require_content,
        effect=effects.write,
        involves=Contribution.AUTHOR,
    ),
    Action.REBASE: Rule(
        word=_("Hợp nhất với phiên bản mới"),
        moves={
            Status.DRAFT: Status.DRAFT,
            Status.RETURNED: Status.RETURNED,
        },
        takes=inputs.Rebase,
        precondition=preconditions.require_merged,
        effect=effects.rebase,
        involves=Contribution.AUTHOR,
        places=API,
    ),
    Action.SUBMIT: Rule(
        word=_("Gửi thẩm định"),
        moves={
            Status.DRAFT: Status.ENDORSING,
            Status.RETURNED: Status.ENDORSING,
        },
        takes=inputs.Submit,
        precondition=preconditions.require_submittable,
        effect=effects.submit,
        involves=Contribution.AUTHOR,
        places=API,
        tells=Told.NEXT,
    ),
    Action.CONFIRM: Rule(
        word=_("Xác nhận còn chính xác"),
        moves={Status.DRAFT: Status.APPROVED},
        takes=inputs.Confirm,
        precondition=preconditions.require_confirmation,
    ),
    Action.ENDORSE: Rule(
        word=_("Duyệt và gửi thẩm định"),
        moves={Status.ENDORSING: Status.SUBMITTED},
        takes=inputs.Endorse,
        precondition=preconditions.require_endorsable,
        barred=frozenset({Contribution.AUTHOR}),
        involves=Contribution.ENDORSER,
        places=EVERYWHERE,
        tells=Told.NEXT,
    ),
    Action.DECLINE: Rule(
        word=_("Chuyển lại người soạn"),
        moves={Status.ENDORSING: Status.DRAFT},
        takes=inputs.Decline,
        precondition=preconditions.require_reason,
        effect=effects.decline,
        places=EVERYWHERE,
        tells=Told.AUTHORS,
    ),
    Action.RECALL: Rule(
        word=_("Thu hồi để sửa"),
        moves={
            Status.ENDORSING: Status.DRAFT,
            Status.SUBMITTED: Status.DRAFT,
        },
        takes=inputs.Recall,
        places=EVERYWHERE,
    ),
    Action.WITHDRAW: Rule(
        word=_("Rút hồ sơ"),
        moves={
            Status.DRAFT: Status.WITHDRAWN,
            Status.ENDORSING: Status.WITHDRAWN,
            Status.SUBMITTED: Status.WITHDRAWN,
            Status.IN_REVIEW: Status.WITHDRAWN,
            Status.RETURNED: Status.WITHDRAWN,
            Status.RECOMMENDED: Status.WITHDRAWN,
        },
        takes=inputs.Withdraw,
        places=EVERYWHERE,
        grave=True,
    ),
    Action.TAKE: Rule(
        word=_("Tiếp nhận"),
        moves={Status.SUBMITTED: Status.IN_REVIEW},
        takes=inputs.Take,
        effect=effects.take,
        places=EVERYWHERE,
    ),
    Action.ASSIGN: Rule(
        word=_("Phân công thẩm định"),
        moves={
            Status.SUBMITTED: Status.SUBMITTED,
            Status.IN_REVIEW: Status.IN_REVIEW,
        },
        takes=inputs.Assign,
        precondition=preconditions.require_reviewer,
        effect=effects.assign,
        places=EVERYWHERE,
        tells=Told.ASSIGNED,
    ),
    Action.CLEAR: Rule(
        word=_("Duyệt sửa đổi nhỏ"),
        moves={
            Status.SUBMITTED: Status.APPROVED,
            Status.IN_REVIEW: Status.APPROVED,
        },
        takes=inputs.Clear,
        precondition=preconditions.require_small,
        effect=effects.approve,
        barred=BEFORE,
        involves=Contribution.APPROVER,
        places=EVERYWHERE,
        tells=Told.OUTCOME,
    ),
    Action.CONSULT: Rule(
        word=_("Lấy ý kiến"),
        moves={Status.IN_REVIEW: Status.IN_REVIEW},
        step=Step.CONSULTATION,
        takes=inputs.Consult,
        precondition=preconditions.require_question,
        effect=effects.consult,
    ),
    Action.MEND: Rule(
        word=_("Cán bộ thẩm định sửa"),
        moves={Status.IN_REVIEW: Status.IN_REVIEW},
        takes=inputs.Mend,
        precondition=preconditions.require_content,
        effect=effects.mend,
        barred=WITHIN,
        involves=Contribution.EDITOR,
        places=PAGE,
    ),
    Action.LINK: Rule(
        word=_("Gắn căn cứ pháp lý"),
        moves={
            Status.DRAFT: Status.DRAFT,
            Status.ENDORSING: Status.ENDORSING,
            Status.SUBMITTED: Status.SUBMITTED,
            Status.IN_REVIEW: Status.IN_REVIEW,
            Status.RETURNED: Status.RETURNED,
        },
        takes=inputs.Link,
        precondition=preconditions.require_document,
        effect=effects.link,
        places=frozenset(),  # `service.link` does it wherever the same was typed
    ),
    Action.FIND: Rule(
        word=_("Lưu ý kiến"),
        moves={
            Status.IN_REVIEW: Status.IN_REVIEW,
            Status.RECOMMENDED: Status.RECOMMENDED,
        },
        takes=inputs.Find,
        precondition=preconditions.require_some_remarks,
        effect=effects.raise_findings,
        places=EVERYWHERE,
    ),
    Action.REPLY: Rule(
        word=_("Trả lời"),
        moves={
            Status.IN_REVIEW: Status.IN_REVIEW,
            Status.RETURNED: Status.RETURNED,
            Status.RECOMMENDED: Status.RECOMMENDED,
        },
        takes=inputs.AnswerFindings,
        precondition=preconditions.require_answers,
        effect=effects.answer_findings,
        places=EVERYWHERE,
        tells=Told.THREAD,
    ),
    Action.RESOLVE: Rule(
        word=_("Đóng ý kiến"),
        moves={Status.IN_REVIEW: Status.IN_REVIEW},
        takes=inputs.Resolve,
        precondition=preconditions.require_own_findings,
        effect=effects.resolve,
        barred=WITHIN,
        places=EVERYWHERE,
    ),
    Action.RETURN: Rule(
        word=_("Yêu cầu bổ sung"),
        moves={
            Status.IN_REVIEW: Status.RETURNED,
            Status.RECOMMENDED: Status.RETURNED,
        },
        takes=inputs.Return,
        precondition=preconditions.require_remarks,
        effect=effects.return_to_agency,
        barred=WITHIN,
        places=EVERYWHERE,
        tells=Told.AUTHORS,
    ),
    Action.RECOMMEND: Rule(
        word=_("Trình phê duyệt"),
        moves={Status.IN_REVIEW: Status.RECOMMENDED},
        step=Step.RECOMMENDATION,
        takes=inputs.Recommend,
        precondition=preconditions.require_clean,
        effect=effects.recommend,
        barred=WITHIN,
        involves=Contribution.EXAMINER,
        places=EVERYWHERE,
        tells=Told.APPROVERS,
    ),
    Action.APPROVE: Rule(
        word=_("Phê duyệt"),
        moves={Status.RECOMMENDED: Status.APPROVED},
        instead={Step.RECOMMENDATION: {Status.IN_REVIEW: Status.APPROVED}},
        takes=inputs.Approve,
        precondition=preconditions.require_seen_hash,
        effect=effects.approve,
        barred=BEFORE,
        involves=Contribution.APPROVER,
        places=EVERYWHERE,
        grave=True,
        tells=Told.OUTCOME,
    ),
    Action.REJECT: Rule(
        word=_("Không phê duyệt"),
        moves={Status.RECOMMENDED: Status.REJECTED},
        instead={Step.RECOMMENDATION: {Status.IN_REVIEW: Status.REJECTED}},
        takes=inputs.Reject,
        precondition=preconditions.require_refusal,
        effect=effects.reject,
        barred=BEFORE,
        places=EVERYWHERE,
        grave=True,
        tells=Told.OUTCOME,
    ),
    Action.ENTER: Rule(
        word=_("Vào danh mục"),
        moves={Status.APPROVED: Status.ENTERED},
        takes=inputs.Enter,
        precondition=preconditions.require_decision,
        barred=ANYBODY,
        tells=Told.OUTCOME,
    ),
    Action.REOPEN: Rule(
        word=_("Đưa trở lại thẩm định"),
        moves={Status.APPROVED: Status.IN_REVIEW},
        takes=inputs.Reopen,
        precondition=preconditions.require_loose,
        effect=effects.reopen,
        tells=Told.EXAMINER,
    ),
}

BY_INPUT: Mapping[type, Action] = {
    rule.takes: action for action, rule in ACTIONS.items()
}
EDITS: Mapping[Status, Action] = {  # whose edit it is that saves a form
    status: action
    for action in (Action.EDIT, Action.MEND)
    for status in ACTIONS[action].moves
}


def request_of(action: Action, values: Mapping[str, Any]) -> Any:
    """Return what comes with an action, made of those of the values that it takes."""
    return made_of(ACTIONS[action].takes, values)


def offered(place: Place) -> list[Action]:
    """Return what is offered at a place, for who may do it where it follows."""
    return [action for action, rule in ACTIONS.items() if place in rule.places]


@cache
def path(steps: frozenset[Step] = USUAL) -> Path[Status, Action]:
    """Return the way of proposals in an office that takes these steps."""
    left_out = dict(passed for step, passed in PASSED_OVER.items() if step not in steps)
    return Path(transitions(ACTIONS, steps, left_out))
