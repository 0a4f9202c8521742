"""What is said as a day comes near, on it, and after it: to whoever has to act, then to
who stands above them.

A daily task; every reminder has a key of its own, so that it is given once however
often the task runs.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Post
from app.config import Settings
from app.exchange import freshness
from app.exchange.connections import AGREEMENT, CONNECTION, ENDED
from app.exchange.dependents import named
from app.exchange.freshness import Fresh, Freshness
from app.journal import JournalRow
from app.notify import case_news
from app.notify.notices import Scene, Telling, mail, tell, telling_of
from app.notify.stopped import registrars
from app.permissions import Audience, Role
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import PRESENT, State, moment
from app.workflow.consultations.models import Consultation, Opinion
from app.workflow.office import Office
from app.workflow.proposals.lifecycle import OPEN, Status
from app.workflow.proposals.models import Proposal
from app.workflow.time import confirmations
from catalog_schema.profile import DATABASE, Profile, Visibility

BEFORE = (5, 1, 0)  # working days left at which whoever has to act is reminded
AFTER = -1  # at which who stands above them is told
CONFIRMING = (30, 7, 0)  # days before the description of an entry is to be confirmed
ENDING = (60, 30, 7, 0)  # days before the term of an agreement or a connection ends
DATA_DUE = (7, 0)  # days before data are due, of what is due less than weekly
STALE = 1  # day of the month on which agencies are told of data that is late


def remind(
    session: Session, profile: Profile, office: Office, settings: Settings, day: date
) -> None:
    """Remind everybody of what is due on or near `day`."""
    for telling in (
        *_proposals(session, profile, office, day),
        *_opinions(session, office, day),
        *_descriptions(session, profile, day),
        *_terms(session, profile, day),
        *(telling_of(news) for news in case_news.due(session, office, day)),
    ):
        for notice in tell(session, telling):
            mail(session, settings, [notice])


def _proposals(
    session: Session, profile: Profile, office: Office, day: date
) -> Iterator[Telling]:
    query = select(Proposal).where(
        Proposal.status.in_(sorted(OPEN)), Proposal.due_on.is_not(None)
    )
    query = query.where(
        Proposal.due_on <= day + timedelta(days=2 * max(BEFORE) + 10),
        Proposal.due_on >= day - _LATE,
    )
    for proposal in session.scalars(query.order_by(Proposal.number)):
        until = proposal.due_on or day
        left = office.calendar.left(until, day)
        scene = Scene(session, profile, JournalRow(seq=0), proposal)
        # a Saturday has none left of Friday's term, and is not its last
        if left in BEFORE and (left or until == day):
            words = "Hôm nay là hạn" if left == 0 else f"Còn {left} ngày làm việc"
            why = f"Cần xử lý; hạn ngày {until:%d/%m/%Y}."
            yield _due(scene, _turn(scene), f"{words}: {scene.title}", why, left)
        elif left == AFTER:
            why = f"Gửi người phụ trách bước này; đã quá hạn ngày {until:%d/%m/%Y}."
            yield _due(
                scene,
                [*_turn(scene), *_above(scene)],
                f"Quá hạn: {scene.title}",
                why,
                left,
            )


_LATE = timedelta(days=20)  # past which nobody is told any more: the queue shows it


def _due(scene: Scene, posts: list[UUID], subject: str, why: str, left: int) -> Telling:
    key = f"due {scene.known.number} {scene.known.due_on} {left}"
    path, steps = f"/phieu/{scene.known.number}", scene.steps()
    return Telling(posts, key, subject, why, path, steps=steps)


def _turn(scene: Scene) -> list[UUID]:
    """Return the posts whose turn it is."""
    proposal = scene.known
    match proposal.status:
        case Status.ENDORSING:
            return scene.in_role(Role.HEAD, proposal.agency_id)
        case Status.DRAFT | Status.RETURNED:
            return scene.authors()
        case Status.RECOMMENDED:
            return scene.in_role(Role.APPROVER)
        case Status.APPROVED:
            return scene.drafting()
    return (
        [proposal.assignee_id] if proposal.assignee_id else scene.in_role(Role.REVIEWER)
    )


def _above(scene: Scene) -> list[UUID]:
    """Return who stands above those whose turn it is: the agency's head, or whoever
    approves.
    """
    with_agency = scene.known.status in (
        Status.DRAFT,
        Status.RETURNED,
        Status.ENDORSING,
    )
    heads = scene.in_role(Role.HEAD, scene.known.agency_id) if with_agency else []
    return heads or scene.in_role(Role.APPROVER)


def _opinions(session: Session, office: Office, day: date) -> Iterator[Telling]:
    """Remind agencies that have not answered, on the working day before the last and on
    the last.
    """
    query = select(Consultation).where(
        Consultation.closed_at.is_(None), Consultation.due_on >= day
    )
    for consultation in session.scalars(query.order_by(Consultation.number)):
        left = office.calendar.left(consultation.due_on, day)
        if left in (1, 0):
            silent = select(Opinion.agency_id).where(
                Opinion.consultation_id == consultation.id, Opinion.verdict.is_(None)
            )
            posts = select(Post.id).where(
                Post.agency_id.in_(silent), Post.role.in_([Role.REGISTRAR, Role.HEAD])
            )
            yield Telling(
                list(session.scalars(posts)),
                f"opinion {consultation.number} {left}",
                (
                    f"Chưa trả lời ý kiến, hạn {consultation.due_on:%d/%m/%Y}: "
                    f"{consultation.question[:150]}"
                ),
                "Quý cơ quan được lấy ý kiến và chưa trả lời.",
                f"/lay-y-kien/{consultation.number}",
            )


def _descriptions(session: Session, profile: Profile, day: date) -> Iterator[Telling]:
    """Remind owners of descriptions to confirm, of data that are due soon, and once a
    month of data that are late.
    """
    at = moment(session, day)
    register = Register(session, profile, at, Audience(Visibility.OWNER))
    views = [
        v
        for v in register.all(Filter((DATABASE,)))
        if v.state in (State.IN_FORCE, State.SUSPENDED)
    ]
    until = confirmations.due(session, views)
    confirming = [view for view in views if (until[view.id] - day).days in CONFIRMING]
    for agency, owned in _by_owner(confirming).items():
        subject = (
            f"{len(owned)} cơ sở dữ liệu đến hạn xác nhận thông tin còn đúng: "
            f"{owned[0].title[:120]}"
        )
        yield Telling(
            registrars(session, [agency]),
            f"confirm {agency} {day}",
            subject,
            "Quý cơ quan là chủ quản; bấm một lần nếu vẫn đúng.",
            "/viec-cua-toi#den-han",
        )
    fresh = freshness.all_of(register, views)
    soon = [view for view in views if _is_due(view, fresh[view.id], day)]
    for agency, owned in _by_owner(soon).items():
        yield Telling(
            registrars(session, [agency]),
            f"data-due {agency} {day}",
            f"{len(owned)} cơ sở dữ liệu đến hạn cập nhật dữ liệu: "
            f"{owned[0].title[:120]}",
            "Quý cơ quan là chủ quản; xác nhận ngày của dữ liệu, hoặc hẹn ngày và "
            "nêu lý do.",
            f"/chia-se/do-moi?tinh-trang={Freshness.DUE}",
        )
    if day.day != STALE:
        return
    late = [view for view, _fresh in freshness.overdue(register, views)]
    for agency, owned in _by_owner(late).items():
        yield Telling(
            registrars(session, [agency]),
            f"stale {agency} {day}",
            f"{len(owned)} cơ sở dữ liệu quá hạn cập nhật dữ liệu: "
            f"{owned[0].title[:120]}",
            "Quý cơ quan là chủ quản; xác nhận ngày của dữ liệu, hoặc hẹn ngày và "
            "nêu lý do.",
            "/viec-cua-toi#qua-han",
        )


def _terms(session: Session, profile: Profile, day: date) -> Iterator[Telling]:
    """Remind the parties of agreements and connections whose term comes to its end."""
    at = moment(session, day)
    register = Register(session, profile, at, Audience(Visibility.STATE))
    ends = {(day + timedelta(days=left)).isoformat(): left for left in ENDING}
    for view in register.all(Filter((AGREEMENT, CONNECTION), PRESENT)):
        last = view.content.get("term_end")
        if last not in ends or view.content.get("connection_state") == ENDED:
            continue
        word = profile.kinds[view.kind].path_word
        yield Telling(
            registrars(session, named(view.content)),
            f"term {view.local_id} {last} {ends[last]}",
            f"Hết thời hạn ngày {date.fromisoformat(last):%d/%m/%Y}: {view.title}",
            "Quý cơ quan là một bên; đề nghị gia hạn, hoặc để hết thời hạn.",
            f"/doc/{word}/{view.local_id}",
        )


def _is_due(view: EntryView, fresh: Fresh, day: date) -> bool:
    """Tell whether data that are due seldom are due soon, with no delay announced."""
    often = freshness.DAYS.get(str(view.content.get("frequency")), 0) <= max(DATA_DUE)
    if often or fresh.due is None or fresh.state is Freshness.DELAYED:
        return False
    return (fresh.due - day).days in DATA_DUE


def _by_owner(views: list[EntryView]) -> dict[UUID, list[EntryView]]:
    owned: dict[UUID, list[EntryView]] = defaultdict(list)
    for view in views:
        if view.content.get("owner"):
            owned[UUID(view.content["owner"])].append(view)
    return owned
