"""What each action asks of a proposal before it is done: `actions` says which asks
what. Nothing here changes anything.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Post
from app.accounts.service import vacant
from app.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransitionError,
)
from app.permissions import Actor, Role, audience
from app.register.codes import AGENCY, CODE
from app.register.content import cut, facts
from app.register.latest_versions import latest_version
from app.register.models import Entry, Period, Version
from app.register.standing import stands
from app.vietnamese import clean
from app.workflow.consultations import service as consultations
from app.workflow.consultations.inputs import Question
from app.workflow.context import Desk
from app.workflow.proposals import queries as proposals
from app.workflow.proposals import short_lane
from app.workflow.proposals.inputs import (
    AnswerFindings,
    Approve,
    Assign,
    Clear,
    Confirm,
    Consult,
    Endorse,
    Enter,
    Find,
    Link,
    Reasoned,
    Rebase,
    Recommend,
    Reject,
    Remarked,
    Reopen,
    Resolve,
    Return,
    Seen,
    Submit,
    Written,
)
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import (
    Attachment,
    Finding,
    Proposal,
    ProposalType,
    Severity,
)
from app.workflow.proposals.queries import WRITING
from app.workflow.proposals.typed_bases import LAW
from catalog_schema.profile import Stage

# what these ask for is told by nothing but the reason
REASONED = (
    ProposalType.SUSPEND,
    ProposalType.END,
)
MOST_TEXT = 5000  # characters of a reason, a finding or an answer
# a code in this state names the decision that brought it there
_DECIDED = {"dang-dung": "issued_by", "da-dong": "closed_by"}
_DEFENDED = frozenset({"repealed-law"})  # warnings that a yes has to answer


def require_order(start: date | None, end: date | None) -> None:
    """Raise InvalidError when a span ends before it begins."""
    if start is not None and end is not None and end <= start:
        message = "Ngày kết thúc phải sau ngày bắt đầu; sửa một trong hai ngày"
        raise InvalidError(message, [FieldError("effective_to", "date-order", message)])


def require_whole_sight(
    desk: Desk, kind: str, entry_id: UUID, latest: Version | None
) -> None:
    """Raise ForbiddenError unless an entry that the actor wants to change is theirs to
    change, and they may see all of it.

    Its owner may and, once that has ended, an agency that it names as a successor; of a
    reference entry also the agency that had it entered; of an agency its parent; and
    the department, where nothing is hidden from it. What nobody owns, but for codes, is
    open to all.
    """
    if latest is None or owned(desk.actor, latest.content, entry_id):
        return
    members = desk.profile.kinds[kind].fields
    seen = cut.cut(members, latest.content, audience(desk.actor).level)
    concerned = _nobodys(kind, latest.content) or _in_charge(desk, latest.content)
    if (seen == latest.content and concerned) or _keeps(desk, entry_id, latest):
        return
    if not _succeeds(desk, latest.content.get("owner")):
        raise ForbiddenError(
            "Chỉ cơ quan chủ quản, hoặc cơ quan kế thừa, lập phiếu về mục này được"
        )


def may_propose_on(desk: Desk, kind: str, entry_id: UUID) -> bool:
    """Tell whether the actor may propose a change of an entry, as far as what is hidden
    from them goes.
    """
    try:
        require_whole_sight(
            desk, kind, entry_id, latest_version(desk.session, entry_id)
        )
    except ForbiddenError:
        return False
    return True


def _nobodys(kind: str, content: Mapping[str, Any]) -> bool:
    """Tell whether an entry belongs to no agency, and may be changed by any."""
    belongs = kind in {AGENCY, CODE} or content.get("owner") or content.get("holder")
    return not belongs


def _in_charge(desk: Desk, content: Mapping[str, Any]) -> bool:
    """Tell whether the actor's agency stands above the one that an entry is about, or
    is the department, which examines everything.
    """
    if content.get("parent") == str(desk.actor.agency_id):
        return True
    query = select(Post.id).where(
        Post.agency_id == desk.actor.agency_id, Post.role == Role.REVIEWER
    )
    return desk.session.scalar(query.limit(1)) is not None


def _keeps(desk: Desk, entry_id: UUID, latest: Version) -> bool:
    """Tell whether it is a reference entry, whose original another body keeps, that the
    actor's agency had entered.

    Or an agency that has ended since and names the actor's as its successor.
    """
    if latest.content.get("record_kind") != facts.REFERENCE:
        return False
    query = select(Proposal.agency_id).where(
        Proposal.entry_id == entry_id, Proposal.status == Status.ENTERED
    )
    keepers = set(desk.session.scalars(query.distinct()))
    return desk.actor.agency_id in keepers or any(
        _succeeds(desk, str(keeper)) for keeper in keepers
    )


def _succeeds(desk: Desk, owner: str | None) -> bool:
    """Tell whether the owner has ended by today and names the actor's agency as a
    successor.
    """
    if owner is None:
        return False
    owner_id = UUID(owner)
    today = clock.today()
    query = select(Period.id).where(Period.entry_id == owner_id, stands())
    standing = query.where(Period.valid_from <= today, Period.valid_to > today)
    if desk.session.scalar(standing.limit(1)) is not None:
        return False
    last = latest_version(desk.session, owner_id)
    successors = last.content.get("successor", ()) if last else ()
    return str(desk.actor.agency_id) in successors


def require_content(_desk: Desk, proposal: Proposal, request: Written) -> None:
    """Ask for content, and a proposal that carries any."""
    if proposal.type not in WRITING:
        raise InvalidError(
            "Phiếu xác nhận, tạm ngừng hoặc chấm dứt không mang nội dung mới; "
            "lập phiếu sửa đổi"
        )
    if request.content is None:
        raise InvalidError(
            "Thiếu nội dung",
            [FieldError("content", "required", "Gửi kèm nội dung của hồ sơ")],
        )


def require_document(desk: Desk, _proposal: Proposal, request: Link) -> None:
    """Ask for a document of the register."""
    known = request.law_id and latest_version(desk.session, request.law_id)
    entry = desk.session.get(Entry, request.law_id) if known else None
    if request.basis is None or entry is None or entry.kind != LAW:
        message = "Chọn một văn bản có trong danh mục, hoặc đăng ký văn bản đó trước"
        raise InvalidError(message, [FieldError("law", "reference", message)])


def require_merged(desk: Desk, proposal: Proposal, request: Rebase) -> None:
    """Ask that it was merged with what the register holds now."""
    if proposal.type in WRITING:
        require_content(desk, proposal, request)
    latest = latest_version(desk.session, proposal.entry_id)
    require_whole_sight(desk, proposal.kind, proposal.entry_id, latest)
    if latest is None or request.base != latest.id:
        raise ConflictError(
            "Mục này vừa có phiên bản mới hơn nữa; xem lại phần khác nhau rồi hợp nhất"
        )


def require_submittable(desk: Desk, proposal: Proposal, request: Submit) -> None:
    """Ask for a change and a reason, and for content that is whole and all in sight."""
    latest = latest_version(desk.session, proposal.entry_id)
    require_whole_sight(desk, proposal.kind, proposal.entry_id, latest)
    _require_current(desk.session, proposal)
    if proposal.type in REASONED:
        require_reason(desk, proposal, request)
    _require_day_of_stopping(proposal, request)
    _require_resumption_day(proposal, request)
    if latest is not None and proposal.type == ProposalType.AMEND:
        _require_change(proposal, latest)
    _require_stage(desk, proposal, Stage.SUBMIT, "trước khi gửi")
    _require_paper_of_end(desk, proposal)


def _require_paper_of_end(desk: Desk, proposal: Proposal) -> None:
    """Ask for the paper that ends an agency or a code: neither ends by itself."""
    if proposal.type != ProposalType.END or proposal.kind not in (AGENCY, CODE):
        return
    sent = select(Attachment.id).where(Attachment.proposal_id == proposal.id)
    if desk.session.scalar(sent.limit(1)) is None:
        message = "Đính kèm văn bản giải thể cơ quan hoặc đóng mã rồi gửi"
        raise InvalidError(message, [FieldError("file", "required", message)])


def _require_decision_of_code(desk: Desk, proposal: Proposal) -> None:
    """Ask which decision gave a code, or closed it; what is illustrative has none."""
    content = proposal.content
    by_decision = desk.office.waits(proposal) or content.get("illustrative")
    name = _DECIDED.get(str(content.get("status")))
    if proposal.kind != CODE or proposal.type not in WRITING or by_decision:
        return
    if name is not None and not content.get(name):
        label = desk.profile.kinds[CODE].field(name).labels["vi"]
        message = f"Ghi “{label}”: mã chỉ được cấp, được đóng theo văn bản"
        raise InvalidError(message, [FieldError(name, "required", message)])


def _require_day_of_stopping(proposal: Proposal, request: Submit) -> None:
    """Refuse a day from which to stop, where one is said, that is past when it is sent,
    or of a proposal that stops nothing.
    """
    since = request.since
    if since is None or since == clock.OPEN_START:
        return
    if proposal.type not in REASONED:
        raise InvalidError("Chỉ phiếu tạm ngừng hoặc chấm dứt mới có ngày dừng")
    if since < clock.today():
        message = "Ngày dừng không được trước hôm nay"
        raise InvalidError(message, [FieldError("since", "date-order", message)])


def _require_resumption_day(proposal: Proposal, request: Submit) -> None:
    """Ask for a day of return of what is suspended alone, and for one to come; what is
    long past may be told late.
    """
    if proposal.type != ProposalType.SUSPEND:
        if request.until is not None:
            raise InvalidError("Chỉ phiếu tạm ngừng chia sẻ mới có ngày chia sẻ lại")
        return
    field = "effective_to"
    until = proposal.effective_to
    begins = request.since or proposal.effective_from or clock.today()
    latest_past = clock.today() if begins == clock.OPEN_START else begins
    if request.until is not None:
        field = "until"
        until = request.until
        latest_past = max(latest_past, clock.today())
    if until is not None and until <= latest_past:
        message = "Ngày chia sẻ lại phải sau ngày bắt đầu tạm ngừng và sau hôm nay"
        raise InvalidError(message, [FieldError(field, "date-order", message)])


def require_endorsable(desk: Desk, proposal: Proposal, request: Endorse) -> None:
    """Ask what sending asks, since the register has gone on, and that it is just what
    was seen.
    """
    _require_seen(proposal, request)
    _require_current(desk.session, proposal)
    _require_stage(desk, proposal, Stage.SUBMIT, "trước khi gửi")


def _require_change(proposal: Proposal, latest: Version) -> None:
    dated = proposal.effective_from is not None or proposal.effective_to is not None
    if not dated and proposal.content_hash == latest.content_hash:
        raise InvalidError(
            "Phiếu sửa đổi chưa đổi gì so với phiên bản đang có; sửa ít nhất "
            "một trường, hoặc xác nhận mục còn đúng"
        )


def _require_stage(desk: Desk, proposal: Proposal, stage: Stage, when: str) -> None:
    problems = proposals.problems(desk, proposal, stage)
    errors = [
        FieldError(f.field, f.rule, f.message)
        for f in problems
        if f.severity is Severity.ERROR
    ]
    if errors:
        raise InvalidError(
            f"Còn {len(errors)} chỗ phải bổ sung hoặc sửa {when}", errors
        )


def _require_current(session: Session, proposal: Proposal) -> None:
    if proposals.superseded(session, proposal):
        raise ConflictError(
            "Mục này đã có phiên bản mới hơn phiên bản mà hồ sơ dựa vào; hợp "
            "nhất rồi gửi lại"
        )


def require_reason(_desk: Desk, _proposal: Proposal, request: Reasoned) -> None:
    """Ask for a reason of a length that people read."""
    reason = clean(request.reason or "")
    if not reason or len(reason) > MOST_TEXT:
        message = f"Nhập lý do, tối đa {MOST_TEXT} ký tự"
        raise InvalidError(message, [FieldError("reason", "required", message)])


def _require_clear_remarks(desk: Desk, proposal: Proposal, request: Remarked) -> None:
    known = {dotted for dotted, _ in desk.profile.kinds[proposal.kind].walk()}
    for remark in request.remarks:
        name = ".".join(
            part for part in remark.field.split(".") if not part.isdecimal()
        )
        if name not in known or not 0 < len(clean(remark.message)) <= MOST_TEXT:
            message = (
                "Mỗi ý kiến nêu tên một trường của đặc tả và nội dung, ví dụ "
                "title=Ghi đủ tên"
            )
            raise InvalidError(
                message,
                [FieldError("remarks", "invalid", f"“{remark.field[:40]}”: {message}")],
            )


def require_some_remarks(desk: Desk, proposal: Proposal, request: Find) -> None:
    """Ask for one remark at least, each about a field."""
    _require_clear_remarks(desk, proposal, request)
    if not request.remarks:
        message = "Ghi ít nhất một ý kiến về một trường"
        raise InvalidError(message, [FieldError("remarks", "required", message)])


def require_remarks(desk: Desk, proposal: Proposal, request: Return) -> None:
    """Ask for a remark, here or from before; the remarks are the reason."""
    _require_clear_remarks(desk, proposal, request)
    if not request.remarks and not proposals.open_remarks(proposal):
        message = "Ghi ít nhất một ý kiến ở trường cần bổ sung"
        raise InvalidError(message, [FieldError("remarks", "required", message)])
    if clean(request.reason or ""):
        require_reason(desk, proposal, request)


def _require_conclusion(
    desk: Desk, proposal: Proposal, request: Recommend | Approve
) -> None:
    """Ask why, where what stands against it is only pointed out: a yes that somebody
    has to defend in five years.
    """
    text = clean(request.reason or "")
    if len(text) > MOST_TEXT:
        message = f"Ghi kết luận tối đa {MOST_TEXT} ký tự"
        raise InvalidError(message, [FieldError("reason", "length", message)])
    warnings = [
        found.message
        for found in proposals.problems(desk, proposal, Stage.ENTER)
        if found.rule in _DEFENDED
    ]
    if warnings and not text:
        message = f"{warnings[0]}: nêu vì sao vẫn đồng ý"
        raise InvalidError(message, [FieldError("reason", "required", message)])


def require_clean(desk: Desk, proposal: Proposal, request: Recommend) -> None:
    """Ask that nothing is open, everybody was heard, and the content is whole."""
    _require_conclusion(desk, proposal, request)
    _require_nothing_open(proposal, request)
    _require_heard(desk, proposal)
    _require_current(desk.session, proposal)
    _require_decision_of_code(desk, proposal)
    _require_complete(desk, proposal)


def _require_nothing_open(proposal: Proposal, request: Remarked) -> None:
    if request.remarks:
        message = (
            "Có ý kiến chưa đạt thì không trình, không phê duyệt được; lưu ý kiến "
            "hoặc yêu cầu bổ sung"
        )
        raise InvalidError(message, [FieldError("remarks", "open-finding", message)])
    still_open = proposals.open_remarks(proposal)
    if still_open:
        raise InvalidError(
            "Còn ý kiến chưa được đóng",
            [FieldError(f.field, "open-finding", f.message) for f in still_open],
        )


def _require_complete(desk: Desk, proposal: Proposal) -> None:
    if proposal.type in WRITING:
        _require_stage(desk, proposal, Stage.ENTER, "trước khi vào danh mục")


def require_seen_hash(desk: Desk, proposal: Proposal, request: Approve | Clear) -> None:
    """Ask what `require_clean` asks, about just what was seen."""
    _require_seen(proposal, request)
    if isinstance(request, Approve):
        _require_conclusion(desk, proposal, request)
    _require_nothing_open(proposal, request)
    _require_heard(desk, proposal)
    _require_current(desk.session, proposal)
    _require_decision_of_code(desk, proposal)
    _require_complete(desk, proposal)


def require_small(desk: Desk, proposal: Proposal, request: Clear) -> None:
    """Ask that it is a small change, clean, and just what was seen."""
    if not short_lane.is_short(desk, proposal):
        raise InvalidError(
            "Phiếu này không chỉ sửa những chỗ nhỏ; thẩm định và trình phê "
            "duyệt như thường lệ"
        )
    require_seen_hash(desk, proposal, request)


def require_reviewer(desk: Desk, _proposal: Proposal, request: Assign) -> None:
    """Ask for a reviewer's post that somebody holds."""
    post = desk.session.get(Post, request.assignee) if request.assignee else None
    if (
        post is None
        or post.role != Role.REVIEWER
        or vacant(desk.session, post.id, clock.today())
    ):
        message = "Chọn một vị trí thẩm định đang có người giữ"
        raise InvalidError(message, [FieldError("assignee", "reference", message)])


def require_question(desk: Desk, proposal: Proposal, request: Consult) -> None:
    """Ask for a question, a day and agencies."""
    consultations.require_sound(
        desk.session, request.question or Question("", None, ()), but=proposal.agency_id
    )


def _require_heard(desk: Desk, proposal: Proposal) -> None:
    """Ask that every consultation is over and every objection handled."""
    waiting = consultations.unsettled(desk.session, proposal)
    if waiting:
        raise InvalidError(
            waiting[0], [FieldError("consultation", "open", text) for text in waiting]
        )


def require_loose(desk: Desk, proposal: Proposal, request: Reopen) -> None:
    """Ask that it stands in no draft of a decision, and for a reason."""
    if proposal.decision_id is not None:
        raise ConflictError(
            "Phiếu đang nằm trong một dự thảo quyết định; đưa ra khỏi dự thảo trước"
        )
    require_reason(desk, proposal, request)


def require_refusal(desk: Desk, proposal: Proposal, request: Reject) -> None:
    """Ask for a reason, about just what was seen."""
    _require_clear_remarks(desk, proposal, request)
    require_reason(desk, proposal, request)
    _require_seen(proposal, request)


def _require_seen(proposal: Proposal, request: Seen) -> None:
    if request.seen_hash != proposal.content_hash:
        raise ConflictError(
            "Nội dung hồ sơ không phải là nội dung đã xem; tải lại, xem rồi quyết định"
        )


def require_own_findings(desk: Desk, proposal: Proposal, request: Resolve) -> None:
    """A thread is closed by the post that opened it; by others only when nobody holds
    that post today.
    """
    by_id = {f.id: f for f in proposals.findings(proposal, only_open=True)}
    for finding_id in request.resolved:
        if finding_id not in by_id:
            raise NotFoundError("Không có ý kiến này, hoặc ý kiến đã được đóng")
        opener = by_id[finding_id].post_id
        if opener not in (None, desk.actor.post_id) and not vacant(
            desk.session, opener, clock.today()
        ):
            raise ForbiddenError("Ý kiến do vị trí nào nêu thì vị trí đó đóng")


def require_answers(_desk: Desk, proposal: Proposal, request: AnswerFindings) -> None:
    """Ask for answers in threads that are open."""
    by_id: dict[object, Finding] = {f.id: f for f in proposals.open_remarks(proposal)}
    for answer in request.answers:
        if answer.finding_id not in by_id:
            raise NotFoundError("Không có ý kiến này, hoặc ý kiến đã được đóng")
        if (
            not (clean(answer.message) or answer.mended)
            or len(answer.message) > MOST_TEXT
        ):
            message = f"Nhập câu trả lời, tối đa {MOST_TEXT} ký tự"
            raise InvalidError(message, [FieldError("message", "required", message)])
    if not request.answers:
        raise InvalidError(
            "Nhập câu trả lời", [FieldError("message", "required", "Nhập câu trả lời")]
        )


def require_decision(_desk: Desk, _proposal: Proposal, _request: Enter) -> None:
    """Refuse: what waits for a decision enters when the signed decision is recorded
    (`service.promulgate`).
    """
    raise TransitionError(
        "Phiếu này chờ quyết định ban hành; ghi nhận quyết định đã ký để đưa "
        "vào danh mục"
    )


def require_confirmation(desk: Desk, proposal: Proposal, _request: Confirm) -> None:
    """Ask for a confirmation, by the owner, of what is in force."""
    if proposal.type is not ProposalType.CONFIRM:
        raise InvalidError(
            "Chỉ phiếu xác nhận mới xác nhận được ngay; phiếu này cần gửi thẩm định"
        )
    _require_current(desk.session, proposal)
    if not owned(desk.actor, proposal.content, proposal.entry_id):
        raise ForbiddenError("Chỉ cơ quan chủ quản xác nhận được thông tin của mục này")


def owned(actor: Actor, content: Mapping[str, Any], entry_id: object) -> bool:
    """Tell whether an entry is the actor's agency's own: the agency itself, or what it
    owns or holds.
    """
    mine = str(actor.agency_id)
    return entry_id == actor.agency_id or mine in (
        content.get("owner"),
        content.get("holder"),
    )
