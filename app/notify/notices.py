"""What people are told, from the journal: whose turn it is, why they hear of it, and
where to act.

A reader of the journal of its own: notices are written in the transaction that moves
its cursor, each under a key that is unique, so that every event is told once. A turn is
told by letter at once; the rest waits for the daily summary.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import clock, journal
from app.accounts.models import Holding, Person, Post
from app.config import Settings
from app.db import Database, among
from app.exchange.cases import steps
from app.journal import JournalRow
from app.notify import case_news, letters, stopped
from app.notify.models import Notice
from app.permissions import Role
from app.register.content import facts
from app.workflow.campaigns.models import Campaign, CampaignAnswer
from app.workflow.consultations import verdicts
from app.workflow.consultations.models import Consultation, Opinion
from app.workflow.consultations.running import StepKind
from app.workflow.intake.models import Intake, IntakeStatus
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.actions import ACTIONS, Told
from app.workflow.proposals.lifecycle import Status
from app.workflow.proposals.models import Proposal, Reply
from app.workflow.proposals.way import in_words, way
from catalog_schema.profile import Profile

NAME = "notices"
BATCH = 200  # rows of the journal in one transaction
# what is older is no news: a register that is just set up tells nobody its history
FRESH = timedelta(days=7)
_REVIEWED = (Status.SUBMITTED, Status.IN_REVIEW)


@dataclass(frozen=True)
class Telling:
    """What to tell whoever holds some posts today; `key` says what it is about, `turn`
    that it is theirs to act, `steps` how far its proposal has come.
    """

    posts: Iterable[UUID]
    key: str
    subject: str
    why: str
    path: str
    turn: bool = True
    steps: str = ""
    people: Iterable[UUID] = ()  # whatever posts they hold


@dataclass(frozen=True)
class Scene:
    """A row of the journal, with the proposal that it is about as that stands now."""

    session: Session
    profile: Profile
    row: JournalRow
    proposal: Proposal | None

    @property
    def title(self) -> str:
        """What the proposal is called."""
        kind = self.profile.kinds[self.known.kind]
        return (
            facts.title(kind, self.known.content)[:150]
            or f"Phiếu số {self.known.number}"
        )

    @property
    def known(self) -> Proposal:
        """The proposal, where there has to be one."""
        if self.proposal is None:
            raise LookupError(self.row.action)
        return self.proposal

    def in_role(self, role: Role, agency_id: UUID | None = None) -> list[UUID]:
        """Return the posts of a role, of one agency or of all."""
        query = select(Post.id).where(Post.role == role)
        return list(
            self.session.scalars(
                query if agency_id is None else query.where(Post.agency_id == agency_id)
            )
        )

    def answering(self, agencies: Select[UUID]) -> Sequence[UUID]:
        """Return the posts that answer for agencies when they are asked."""
        posts = select(Post.id).where(
            Post.agency_id.in_(agencies), Post.role.in_([Role.REGISTRAR, Role.HEAD])
        )
        return self.session.scalars(posts).all()

    def drafting(self) -> list[UUID]:
        """Return the posts that put proposals into decisions: of drafters, of clerks
        where there are none.
        """
        drafters = self.in_role(Role.DRAFTER)
        held = {post for post, _person in holders(self.session, drafters)}
        return sorted(held) or self.in_role(Role.CLERK)

    def telling(
        self,
        posts: Iterable[UUID | None],
        subject: str,
        why: str,
        *,
        turn: bool = True,
        place: str = "",
    ) -> Telling:
        """Return what to tell about the proposal; whoever did it is not told of it."""
        others = [post for post in posts if post and post != self.row.post_id]
        path = f"/phieu/{self.known.number}{place}"
        title = f"{subject}: {self.title}"
        return Telling(others, f"{self.row.seq}", title, why, path, turn, self.steps())

    def steps(self) -> str:
        """Return how far the proposal has come, in words."""
        happened = proposals.history(self.session, self.known)
        return in_words(way(self.known.status, happened))

    def authors(self) -> list[UUID]:
        """Return the posts of the agency that wrote or sent the proposal; all its
        registrars where none is left.
        """
        query = select(JournalRow.post_id).where(
            JournalRow.proposal_id == self.known.id
        )
        wrote = query.where(
            JournalRow.action.in_(
                ["proposal.propose", "proposal.edit", "proposal.submit"]
            )
        )
        posts = self.in_role(Role.REGISTRAR, self.known.agency_id)
        ours = [
            post for post in self.session.scalars(wrote.distinct()) if post in posts
        ]
        held = {post for post, _person in holders(self.session, ours)}
        return sorted(held) or posts


def follow(database: Database, profile: Profile, settings: Settings) -> int:
    """Tell people what they have not been told; return how many rows of the journal
    were read.
    """
    read = 0
    while True:
        with database.reading() as session:
            if not journal.unread(session, NAME, 1):
                return read
        with database.transaction() as session:
            rows = journal.unread(session, NAME, BATCH)
            told: dict[UUID, list[Notice]] = defaultdict(list)
            for row in rows:
                for telling in _tellings(session, profile, row):
                    for notice in tell(session, telling):
                        told[notice.person_id].append(notice)
            for notices in told.values():
                mail(session, settings, notices)
            journal.advance(session, NAME, rows[-1].seq)
        read += len(rows)


def tell(session: Session, telling: Telling) -> list[Notice]:
    """Write the notice for each person who holds one of the posts today; return those
    that are new.
    """
    written = []
    in_posts = {person for _post, person in holders(session, telling.posts)}
    for person_id in sorted(in_posts | set(telling.people)):
        key = f"{telling.key} {person_id}"[:120]
        if session.scalar(select(Notice.id).where(Notice.key == key)) is not None:
            continue
        written.append(_notice(telling, key, person_id))
    session.add_all(written)
    session.flush()
    return written


def _notice(telling: Telling, key: str, person_id: UUID) -> Notice:
    return Notice(
        key=key,
        person_id=person_id,
        subject=" ".join(telling.subject.split())[:300],
        why=telling.why[:300],
        path=telling.path,
        steps=telling.steps,
        turn=telling.turn,
        at=clock.now(),
    )


def mail(session: Session, settings: Settings, notices: Sequence[Notice]) -> None:
    """Tell one person of their turns among the notices by letter: at once, or, where a
    letter went to them within the hour, together with what else comes until then.
    """
    turns = [notice for notice in notices if notice.turn]
    if not turns:
        return
    person = session.get_one(Person, turns[0].person_id)
    letters.tell_turns(session, person, turns, settings.base_uri)


def holders(session: Session, posts: Iterable[UUID | None]) -> list[tuple[UUID, UUID]]:
    """Return (post, person) for whoever holds these posts today, accounts that are
    disabled left out.
    """
    today = clock.today()
    query = select(Holding.post_id, Holding.person_id).join(
        Person, Person.id == Holding.person_id
    )
    query = query.where(
        Holding.since <= today, Holding.until > today, Person.disabled_at.is_(None)
    )
    known = [post for post in posts if post]
    rows = session.execute(query.where(among(session, Holding.post_id, known)))
    return [(post, person) for post, person in rows]


def of(session: Session, person_id: UUID, limit: int) -> list[Notice]:
    """Return a person's notices, those not seen first, the newest first."""
    query = select(Notice).where(Notice.person_id == person_id)
    return list(
        session.scalars(
            query.order_by(Notice.read_at.is_not(None), Notice.id.desc()).limit(limit)
        )
    )


def unseen(session: Session, person_id: UUID) -> int:
    """Return how many notices a person has not seen."""
    query = select(func.count()).select_from(Notice)
    return (
        session.scalar(
            query.where(Notice.person_id == person_id, Notice.read_at.is_(None))
        )
        or 0
    )


def see(session: Session, person_id: UUID, upto: int) -> None:
    """Note that a person has seen their notices up to the one with this id."""
    query = select(Notice).where(
        Notice.person_id == person_id, Notice.read_at.is_(None), Notice.id <= upto
    )
    for notice in session.scalars(query):
        notice.read_at = clock.now()


def _tellings(session: Session, profile: Profile, row: JournalRow) -> Iterator[Telling]:
    tells = TELLS.get(row.action)
    if tells is None or clock.now() - row.at > FRESH:
        return
    proposal = session.get(Proposal, row.proposal_id) if row.proposal_id else None
    if proposal is not None or row.action in WITHOUT:
        yield from tells(Scene(session, profile, row, proposal))


def _sent(scene: Scene) -> Iterator[Telling]:
    proposal = scene.known
    if proposal.status == Status.ENDORSING:
        heads = scene.in_role(Role.HEAD, proposal.agency_id)
        yield scene.telling(
            heads, "Chờ duyệt", "Gửi lãnh đạo duyệt của cơ quan lập phiếu."
        )
    elif proposal.status in _REVIEWED:
        mine = (
            [proposal.assignee_id]
            if proposal.assignee_id
            else scene.in_role(Role.REVIEWER)
        )
        why = (
            "Gửi người thẩm định phiếu."
            if proposal.assignee_id
            else "Gửi các cán bộ thẩm định của đơn vị."
        )
        yield scene.telling(mine, "Phiếu chờ thẩm định", why)


def _assigned(scene: Scene) -> Iterator[Telling]:
    if scene.known.assignee_id and scene.known.status in _REVIEWED:
        yield scene.telling(
            [scene.known.assignee_id],
            "Được phân công thẩm định",
            "Gửi vị trí được giao phiếu.",
        )


def _recommended(scene: Scene) -> Iterator[Telling]:
    if scene.known.status == Status.RECOMMENDED:
        yield scene.telling(
            scene.in_role(Role.APPROVER),
            "Phiếu chờ phê duyệt",
            "Gửi người phê duyệt.",
        )


def _came_back(scene: Scene) -> Iterator[Telling]:
    proposal = scene.known
    if proposal.status == Status.RETURNED:
        remarks = proposals.open_remarks(proposal)
        place = ""
        if remarks:
            field = remarks[0].field
            place = f"/phan/{_section(scene, field)}#{field.replace('.', '-')}"
        yield scene.telling(
            scene.authors(),
            "Phiếu cần bổ sung",
            "Quý cơ quan đã gửi phiếu này.",
            place=place,
        )
    elif proposal.status == Status.DRAFT:
        yield scene.telling(
            scene.authors(), "Lãnh đạo chuyển lại phiếu", "Gửi người soạn phiếu."
        )


def _section(scene: Scene, field: str) -> str:
    known = {
        field.name: field.section or "general"
        for field in scene.profile.kinds[scene.known.kind].fields
    }
    return known.get(field.split(".", maxsplit=1)[0], "general")


def _replied(scene: Scene) -> Iterator[Telling]:
    remarks = proposals.open_remarks(scene.known)
    query = select(Reply.finding_id).where(
        among(scene.session, Reply.finding_id, [remark.id for remark in remarks])
    )
    answered = set(
        scene.session.scalars(query.where(Reply.post_id == scene.row.post_id))
    )
    if scene.known.status == Status.RETURNED:
        return
    for remark in remarks:
        if remark.id in answered and remark.post_id is not None:
            place = f"#{remark.field.split('.')[0]}"
            yield scene.telling(
                [remark.post_id],
                "Ý kiến thẩm định được trả lời",
                "Gửi người nêu ý kiến.",
                place=place,
            )


def _decided(scene: Scene) -> Iterator[Telling]:
    proposal, why = scene.known, "Quý cơ quan đã gửi phiếu này."
    if scene.row.action == "proposal.approve" and _entered_later(scene):
        return  # the row that entered it tells of it
    if proposal.status == Status.APPROVED:
        turn = "Gửi người đưa phiếu đã duyệt vào quyết định."
        yield scene.telling(scene.drafting(), "Phiếu chờ ban hành", turn)
    outcome = {
        Status.APPROVED: "Đã được phê duyệt, chờ ban hành",
        Status.ENTERED: "Đã vào danh mục",
        Status.REJECTED: "Không được phê duyệt",
    }.get(proposal.status)
    if outcome and proposal.type != "confirm":
        yield scene.telling(scene.authors(), outcome, why, turn=False)
    yield from _stopped(scene)


def _stopped(scene: Scene) -> Iterator[Telling]:
    """Tell every other agency that is concerned by what stops or is agreed
    otherwise.
    """
    found = stopped.concerned(scene.session, scene.profile, scene.known)
    if found is not None:
        yield Telling(
            found.posts,
            f"{scene.row.seq} concerned",
            f"{found.words}: {scene.title}",
            "Quý cơ quan là một bên, hoặc đang dựa vào mục này.",
            found.path,
            turn=False,
        )


def _entered_later(scene: Scene) -> bool:
    query = select(JournalRow.seq).where(
        JournalRow.proposal_id == scene.known.id, JournalRow.seq > scene.row.seq
    )
    return (
        scene.session.scalar(
            query.where(JournalRow.action == "proposal.enter").limit(1)
        )
        is not None
    )


def _reopened(scene: Scene) -> Iterator[Telling]:
    if scene.known.status == Status.IN_REVIEW:
        mine = (
            [scene.known.assignee_id]
            if scene.known.assignee_id
            else scene.in_role(Role.REVIEWER)
        )
        yield scene.telling(
            mine,
            "Phiếu trở lại thẩm định",
            "Văn thư đã đưa phiếu ra khỏi dự thảo quyết định.",
        )


def _asked(scene: Scene) -> Iterator[Telling]:
    query = select(Consultation).where(Consultation.closed_at.is_(None))
    query = query.where(
        Consultation.proposal_id.is_not_distinct_from(scene.row.proposal_id)
    )
    for consultation in scene.session.scalars(query.order_by(Consultation.number)):
        again = _again(scene.row, consultation.steps)
        if again is None:
            continue
        waiting = select(Opinion.agency_id).where(
            Opinion.consultation_id == consultation.id, Opinion.verdict.is_(None)
        )
        deadline = f"Xin ý kiến, trả lời chậm nhất {consultation.due_on:%d/%m/%Y}"
        subject = f"{again.word}{deadline}: {consultation.question[:150]}"
        yield Telling(
            scene.answering(waiting),
            f"asked {consultation.number}{again.key}",
            subject,
            "Quý cơ quan được lấy ý kiến.",
            f"/lay-y-kien/{consultation.number}",
        )


@dataclass(frozen=True)
class _Again:
    """With which word, and under which key, those who are asked are told once more."""

    word: str = ""
    key: str = ""


_WORDS = {StepKind.REMINDED: "Nhắc: ", StepKind.EXTENDED: "Gia hạn: "}


def _again(row: JournalRow, steps: Sequence[Mapping[str, Any]]) -> _Again | None:
    """Return how a row has those told who have not answered; None where it is about
    another question.
    """
    event = row.action.partition(".")[2]
    if event not in set(_WORDS):
        return _Again()
    day = clock.local(row.at).date().isoformat()
    of_day = [step for step in steps if step["kind"] == event and step["day"] == day]
    if not of_day:
        return None
    what = of_day[-1].get("until", day)
    return _Again(_WORDS[StepKind(event)], f" {event} {what}")


def _heard(scene: Scene) -> Iterator[Telling]:
    query = select(Consultation).where(Consultation.closed_at >= clock.now() - FRESH)
    query = query.where(
        Consultation.proposal_id.is_not_distinct_from(scene.row.proposal_id)
    )
    for consultation in scene.session.scalars(query.order_by(Consultation.number)):
        opinions = consultation.opinions
        objections = sum(opinion.verdict in verdicts.WEIGHTY for opinion in opinions)
        subject = (
            f"Lần lấy ý kiến số {consultation.number} đã kết thúc: "
            f"{objections} ý kiến cần "
            "giải trình"
        )
        path = f"/lay-y-kien/{consultation.number}"
        yield Telling(
            [consultation.post_id],
            f"heard {consultation.number}",
            subject,
            "Gửi người lấy ý kiến.",
            path,
        )


def _prepared(scene: Scene) -> Iterator[Telling]:
    query = select(Intake).where(Intake.status == IntakeStatus.WAITING)
    for intake in scene.session.scalars(query.order_by(Intake.number)):
        yield Telling(
            scene.in_role(Role.APPROVER),
            f"intake {intake.number}",
            f"Đợt nhập chờ xác nhận: {intake.title}",
            "Gửi người xác nhận đợt nhập.",
            f"/dot-nhap/{intake.number}",
        )


def _opened(scene: Scene) -> Iterator[Telling]:
    for campaign in scene.session.scalars(
        select(Campaign).where(Campaign.closed_at.is_(None)).order_by(Campaign.number)
    ):
        again = _again(scene.row, campaign.steps)
        if again is None:
            continue
        waiting = select(CampaignAnswer.agency_id).where(
            CampaignAnswer.campaign_id == campaign.id, CampaignAnswer.answer.is_(None)
        )
        yield Telling(
            scene.answering(waiting),
            f"campaign {campaign.number}{again.key}",
            (
                f"{again.word}Đợt rà soát, trả lời chậm nhất "
                f"{campaign.due_on:%d/%m/%Y}: {campaign.title}"
            ),
            "Quý cơ quan có tên trong đợt rà soát.",
            f"/dot-ra-soat/{campaign.number}",
        )


def _appointed(scene: Scene) -> Iterator[Telling]:
    """Whoever gets another post hears of it, so that nobody acts in their name
    unnoticed; who is new gets a link or a password.
    """
    earlier = select(JournalRow.seq).where(
        JournalRow.action == scene.row.action,
        JournalRow.subject_id == scene.row.subject_id,
        JournalRow.seq < scene.row.seq,
    )
    if scene.session.scalar(earlier.limit(1)) is not None and scene.row.subject_id:
        yield Telling(
            [],
            f"{scene.row.seq}",
            "Ông/Bà được giao một vị trí trên danh mục",
            "Nếu không biết việc này, báo ngay đơn vị quản lý danh mục.",
            "/tai-khoan",
            people=[scene.row.subject_id],
        )


def _of_case(scene: Scene) -> Iterator[Telling]:
    for news in case_news.done(scene.session, scene.row.seq):
        yield telling_of(news)


def telling_of(news: case_news.News) -> Telling:
    """Return what some posts are told of a case."""
    return Telling(
        news.posts, news.key, news.subject, news.why, news.path, turn=news.turn
    )


def _to_be_confirmed(scene: Scene) -> Iterator[Telling]:
    others = scene.in_role(Role.ADMINISTRATOR)
    yield Telling(
        [post for post in others if post != scene.row.post_id],
        f"{scene.row.seq}",
        "Chờ quản trị thứ hai xác nhận một vị trí duyệt",
        "Gửi quản trị tài khoản.",
        "/quan-tri/nguoi",
    )


TOLD: dict[Told, Callable[[Scene], Iterator[Telling]]] = {
    Told.NEXT: _sent,
    Told.ASSIGNED: _assigned,
    Told.APPROVERS: _recommended,
    Told.AUTHORS: _came_back,
    Told.THREAD: _replied,
    Told.OUTCOME: _decided,
    Told.EXAMINER: _reopened,
}
WITHOUT: dict[str, Callable[[Scene], Iterator[Telling]]] = {  # what needs no proposal
    "consultation.asked": _asked,
    "consultation.reminded": _asked,
    "consultation.extended": _asked,
    "consultation.closed": _heard,
    "intake.prepared": _prepared,
    "campaign.opened": _opened,
    "campaign.reminded": _opened,
    "campaign.extended": _opened,
    "post.held": _appointed,
    "post.asked": _to_be_confirmed,
}
WITHOUT |= dict.fromkeys(steps.EVERY, _of_case)
TELLS: dict[str, Callable[[Scene], Iterator[Telling]]] = WITHOUT | {
    f"proposal.{action}": TOLD[Told(rule.tells)]
    for action, rule in ACTIONS.items()
    if rule.tells is not None
}
