"""Which papers the office can draw up, each from what the register knows: letters of
campaigns, dossiers and consultations, what is asked of or refused to an agency, what
goes up with a decision.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from app import clock
from app.documents.papers import examination, letters, opinions
from app.documents.papers.letters import Lack, Letter, Reminded
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.errors import NotFoundError
from app.permissions import Action, declares, require
from app.register import arguments
from app.web.display import wording
from app.web.http.current import register_today
from app.web.office import (
    case_papers,
    consultation_table,
    official_papers,
    submission_papers,
)
from app.web.office.official_papers import Drafted
from app.workflow import paper_habits
from app.workflow.campaigns import queries as campaign_queries
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations.models import Consultation
from app.workflow.context import Desk
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import text
from app.workflow.decisions.models import Decision
from app.workflow.dossiers import queries as dossier_queries
from app.workflow.official_words import short_day, small_first, written
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, ProposalType

blueprint = Blueprint("papers", __name__, url_prefix="/giay-to")

_ASKED = {
    ProposalType.REGISTER: "Đăng ký mới",
    ProposalType.AMEND: "Sửa đổi",
    ProposalType.SUSPEND: "Tạm ngừng chia sẻ",
    ProposalType.END: "Chấm dứt",
    ProposalType.CONFIRM: "Xác nhận",
}
_AGAIN = 5  # working days that a reminder leaves
_UNIT_PEOPLE = ("unit_name", "drafter", "unit_head")


@blueprint.get("/<kind>/<serial>")
@declares(Action.READ)
def show(kind: str, serial: str) -> Response:
    """Show the page on which a paper is completed."""
    return official_papers.show(_maker(kind, serial))


@blueprint.post("/<kind>/<serial>")
@declares(Action.READ)
def give(kind: str, serial: str) -> Response:
    """Give the paper as it was completed."""
    return official_papers.give(_maker(kind, serial))


def _maker(kind: str, serial: str) -> Callable[[Desk], Drafted]:
    make = KINDS.get(kind)
    if make is None:
        raise NotFoundError(_("Không có loại văn bản này"))
    number = arguments.whole(serial) or 0
    return lambda desk: make(desk, number)


def _draw_letter(
    writer: Writer, letter: Letter | None, _values: Mapping[str, str]
) -> Paper:
    if letter is None:
        raise TypeError(letter)
    return letters.paper(writer, letter)


def _with(letter: Letter, receivers: Sequence[str]) -> Letter:
    return replace(letter, receivers=list(receivers))


# -- letters


def _urging(desk: Desk, number: int) -> Drafted:
    require(desk.actor, Action.CAMPAIGN, None)
    campaign = campaign_queries.get(desk, number)
    silent = register_today(desk.session).by_ids(
        campaign_queries.silent(desk.session, campaign)
    )
    asked = len(campaign_queries.progress(desk, campaign))
    writer = official_papers.writer_of(desk, desk.actor.agency_id, {})
    calendar = desk.office.calendar
    said = Reminded(
        title=campaign.title,
        asked_on=clock.local(campaign.opened_at).date(),
        due_on=campaign.due_on,
        today=clock.today(),
        answered=asked - len(silent),
        asked=asked,
        until=calendar.due(clock.now(), _AGAIN),
    )
    letter = letters.urging(writer, said)
    return Drafted(
        kind="don-doc",
        agency_id=desk.actor.agency_id,
        back=url_for("campaigns.one", serial=number),
        file=f"cong-van-don-doc-{number}",
        draw=_draw_letter,
        letter=_with(letter, sorted(view.title for view in silent.values())),
    )


def _sending(desk: Desk, number: int) -> Drafted:
    dossier = dossier_queries.get(desk, number)
    sender = register_today(desk.session).by_ids([dossier.agency_id])
    members = dossier_queries.readable(desk, [dossier])[dossier.id]
    rows = [
        [
            str(place),
            str(row.number),
            wording.draft_title(desk.profile.kinds[row.kind], row.content),
            desk.profile.kinds[row.kind].labels["vi"],
            _ASKED[row.type],
        ]
        for place, row in enumerate(members, start=1)
    ]
    name = sender[dossier.agency_id].title if dossier.agency_id in sender else ""
    letter = letters.sending(name, len(rows))
    department = text.department(desk, clock.today())
    letter = replace(
        letter,
        receivers=[department.title] if department else [],
        annex=letters.proposals_annex(rows),
    )
    return Drafted(
        kind="gui-ho-so",
        agency_id=dossier.agency_id,
        back=url_for("dossiers.one", serial=number),
        file=f"cong-van-ho-so-{number}",
        draw=_draw_letter,
        letter=letter,
    )


def _asking(desk: Desk, number: int) -> Drafted:
    consultation = _conducted(desk, number)
    subject = consultation_queries.subject(desk.session, consultation)
    views = register_today(desk.session).by_ids(
        [opinion.agency_id for opinion in consultation.opinions]
    )

    writer = official_papers.writer_of(desk, desk.actor.agency_id, {})
    habit = paper_habits.last(desk.session, desk.actor.agency_id, "phieu-trinh")
    unit = habit.get("unit_name", "")
    letter = letters.asking(
        writer,
        _subject_words(desk, subject),
        consultation.question,
        consultation.due_on,
        unit,
    )
    return Drafted(
        kind="lay-y-kien",
        agency_id=desk.actor.agency_id,
        back=url_for("consultations.one", serial=number),
        file=f"cong-van-lay-y-kien-{number}",
        draw=_draw_letter,
        letter=_with(letter, sorted(view.title for view in views.values())),
    )


def _subject_words(desk: Desk, subject: Proposal | Decision) -> str:
    if isinstance(subject, Decision):
        return f"dự thảo Quyết định {small_first(subject.title)}"
    kind = desk.profile.kinds[subject.kind]
    return f"đề nghị về “{wording.draft_title(kind, subject.content)}”"


def _conducted(desk: Desk, number: int) -> Consultation:
    require(desk.actor, Action.READ_CONSULTATIONS, None)
    return consultation_queries.get(desk, number)


def _completing(desk: Desk, number: int) -> Drafted:
    proposal = _examined(desk, number)
    remarks = [
        found
        for found in proposals.findings(proposal)
        if found.post_id is not None and found.resolved_at is None
    ]
    kind = desk.profile.kinds[proposal.kind]
    lacks = [
        Lack(wording.path_label(kind, found.field), found.message.rstrip("."))
        for found in remarks
    ]
    writer = official_papers.writer_of(desk, desk.actor.agency_id, {})
    letter = letters.completing(
        writer, _about(desk, proposal), _received(proposal), lacks, proposal.due_on
    )
    return _to_agency(desk, proposal, "hoan-thien", letter)


def _refusing(desk: Desk, number: int) -> Drafted:
    proposal = _examined(desk, number)
    if proposal.status is not Status.REJECTED:
        raise NotFoundError(_("Phiếu này không bị từ chối"))
    reasons = [
        Lack("", line.strip().rstrip("."))
        for line in (proposal.reason or "").splitlines()
        if line.strip()
    ]
    examined = f"Sau khi xem xét phiếu đề nghị số {proposal.number}"
    writer = official_papers.writer_of(desk, desk.actor.agency_id, {})
    letter = letters.refusing(writer, _about(desk, proposal), examined, reasons)
    return _to_agency(desk, proposal, "tu-choi", letter)


def _to_agency(desk: Desk, proposal: Proposal, kind: str, letter: Letter) -> Drafted:
    views = register_today(desk.session).by_ids([proposal.agency_id])
    return Drafted(
        kind=kind,
        agency_id=desk.actor.agency_id,
        back=url_for("review.proposal", number=proposal.number),
        file=f"{kind}-phieu-{proposal.number}",
        draw=_draw_letter,
        letter=_with(letter, [view.title for view in views.values()]),
    )


def _examined(desk: Desk, number: int) -> Proposal:
    require(desk.actor, Action.READ_CONSULTATIONS, None)
    return proposals.by_number(desk, number)


def _about(desk: Desk, proposal: Proposal) -> str:
    kind = desk.profile.kinds[proposal.kind]
    asked = small_first(_ASKED[proposal.type])
    name = wording.draft_title(kind, proposal.content)
    return f"{asked} {small_first(kind.labels['vi'])} “{name}”"


def _received(proposal: Proposal) -> date | None:
    sent = proposal.submitted_at
    return clock.local(sent).date() if sent else None


def _mending(desk: Desk, number: int) -> Drafted:
    require(desk.actor, Action.PREPARE_DECISION, None)
    decision = decision_queries.get(desk, number)
    if decision.signed_on is None:
        raise NotFoundError(_("Chỉ đính chính được quyết định đã ban hành"))
    issuer = text.issuer_name(desk, decision, decision.signed_on)
    numbered = f"Quyết định số {decision.symbol} {written(decision.signed_on)}"
    name = f"{numbered} của {issuer} {small_first(decision.title)}"
    letter = letters.mending(
        name, "…", "…", "…", "sai sót về thể thức, kỹ thuật trình bày"
    )
    paper = (decision.annex or {}).get("paper", {})
    department = text.department(desk, clock.today())
    parent = department.content.get("parent") if department else None
    return Drafted(
        kind="dinh-chinh",
        agency_id=UUID(parent) if parent else desk.actor.agency_id,
        back=url_for("decisions.one", serial=number),
        file=f"cong-van-dinh-chinh-{number}",
        draw=_draw_letter,
        letter=_with(letter, paper.get("receivers", [])[1:-1]),
    )


# -- forms and tables


def _opinions(desk: Desk, number: int) -> Drafted:
    consultation = _conducted(desk, number)

    def draw(
        writer: Writer, _letter: Letter | None, values: Mapping[str, str]
    ) -> Paper:
        table = consultation_table.of(desk, [consultation], values["compiler"])
        return opinions.paper(writer, table)

    return Drafted(
        kind="tong-hop-y-kien",
        agency_id=desk.actor.agency_id,
        back=url_for("consultations.one", serial=number),
        file=f"bang-tong-hop-y-kien-{number}",
        draw=draw,
        fields=("compiler",),
        required=("signatory", "compiler"),
    )


def _examination(desk: Desk, number: int) -> Drafted:
    proposal = _examined(desk, number)

    def draw(
        writer: Writer, _letter: Letter | None, values: Mapping[str, str]
    ) -> Paper:
        slip = _examination_of(desk, proposal, values)
        return examination.examination(writer, slip)

    return Drafted(
        kind="tham-dinh",
        agency_id=desk.actor.agency_id,
        back=url_for("review.proposal", number=number),
        file=f"phieu-tham-dinh-{number}",
        draw=draw,
        fields=_UNIT_PEOPLE,
        required=("signatory", *_UNIT_PEOPLE),
    )


def _examination_of(
    desk: Desk, proposal: Proposal, values: Mapping[str, str]
) -> examination.Examination:
    views = register_today(desk.session).by_ids([proposal.agency_id, proposal.entry_id])
    agency = views.get(proposal.agency_id)
    entry = views.get(proposal.entry_id)
    kind = desk.profile.kinds[proposal.kind]
    title = wording.draft_title(kind, proposal.content)
    received, due = _received(proposal), proposal.due_on
    came = short_day(received) if received else "–"
    until = short_day(due) if due else "chưa xác minh được thời hạn theo luật"
    facts = [
        (
            "Số phiếu; loại đề nghị",
            f"Phiếu số {proposal.number}; {_ASKED[proposal.type]}",
        ),
        (kind.labels["vi"], f"{entry.local_id}, {title}" if entry else title),
        ("Cơ quan đề nghị", agency.title if agency else ""),
        ("Ngày tiếp nhận; hạn trả lời", f"{came}; {until}"),
        ("Số lượt thẩm định", f"{proposal.round:02d}"),
    ]
    conclusion = submission_papers.conclusion(proposal) or "Chưa có kết luận"
    return examination.Examination(
        facts=facts,
        criteria=submission_papers.criteria(desk, proposal),
        consulted=submission_papers.heard(desk, proposal),
        conclusion=conclusion,
        examiner=values["drafter"],
        unit=values["unit_name"],
        unit_head=values["unit_head"],
    )


def _slip(desk: Desk, number: int) -> Drafted:
    require(desk.actor, Action.PREPARE_DECISION, None)
    decision = decision_queries.get(desk, number)
    members = decision_queries.gathered(desk.session, decision)

    def draw(
        writer: Writer, _letter: Letter | None, values: Mapping[str, str]
    ) -> Paper:
        title = small_first(decision.title)
        return examination.slip(
            writer,
            examination.Slip(
                leader=values["leader"],
                subject=f"Về việc trình {title}",
                matter=f"Trình ký hồ sơ dự thảo Quyết định {title}.",
                summary=[
                    (
                        f"Dự thảo gồm {len(members):02d} nội dung đã được thẩm định, "
                        f"phê "
                        "duyệt."
                    ),
                    submission_papers.heard(desk, decision),
                ],
                proposed=[
                    f"Kính trình {values['leader']} xem xét, ký:",
                    "1. Tờ trình kèm dự thảo Quyết định.",
                    "2. Báo cáo thẩm định.",
                    "3. Bảng tổng hợp ý kiến, tiếp thu, giải trình./.",
                ],
                unit=values["unit_name"],
                drafter=values["drafter"],
                unit_head=values["unit_head"],
                day=clock.today(),
            ),
        )

    return Drafted(
        kind="phieu-trinh",
        agency_id=desk.actor.agency_id,
        back=url_for("decisions.one", serial=number),
        file=f"phieu-trinh-{number}",
        draw=draw,
        fields=("leader", *_UNIT_PEOPLE),
        required=("leader", *_UNIT_PEOPLE),
    )


def _goes_up(
    kind: str, file: str, draw: submission_papers.Draw
) -> Callable[[Desk, int], Drafted]:
    """Return what makes one of the papers that go up with a decision; they are all
    signed alike.
    """

    def make(desk: Desk, number: int) -> Drafted:
        decision = decision_queries.get(desk, number)
        department = text.department(desk, clock.today())
        return Drafted(
            kind=kind,
            habit="to-trinh",
            agency_id=department.id if department else desk.actor.agency_id,
            back=url_for("decisions.one", serial=number),
            file=f"{file}-{number}",
            draw=lambda writer, _letter, values: draw(desk, decision, writer, values),
            fields=("compiler",),
            required=("signatory", "unit", "compiler"),
        )

    return make


KINDS: Mapping[str, Callable[[Desk, int], Drafted]] = {
    "don-doc": _urging,
    "gui-ho-so": _sending,
    "lay-y-kien": _asking,
    "hoan-thien": _completing,
    "tu-choi": _refusing,
    "dinh-chinh": _mending,
    "tong-hop-y-kien": _opinions,
    "tham-dinh": _examination,
    "phieu-trinh": _slip,
    "to-trinh": _goes_up("to-trinh", "to-trinh", submission_papers.letter),
    "bao-cao": _goes_up("bao-cao", "bao-cao-tham-dinh", submission_papers.report),
    "bo-ho-so": _goes_up("bo-ho-so", "bo-ho-so-trinh", submission_papers.archive),
    **case_papers.KINDS,
}
