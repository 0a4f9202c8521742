"""What consultations brought, as the consolidated table has it."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from app import clock
from app.documents.papers.opinions import Opinions
from app.web.display import wording
from app.web.http.current import register_today
from app.workflow.consultations import queries as consultation_queries
from app.workflow.consultations.models import Consultation, Opinion
from app.workflow.consultations.verdicts import Verdict
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision
from app.workflow.official_words import short_day, small_first
from app.workflow.proposals.models import Proposal

ACCEPTED, EXPLAINED = "Tiếp thu", "Giải trình"
_NO_ANSWER = (None, Verdict.SILENT, Verdict.UNASKED)


def of(
    desk: Desk,
    consultations: Sequence[Consultation],
    compiler: str,
    subject: str = "",
) -> Opinions:
    """Return the table of consultations, about the subject of the first unless it is
    said otherwise.
    """
    opinions = [(each, said) for each in consultations for said in each.opinions]
    views = register_today(desk.session).by_ids(
        [said.agency_id for _, said in opinions]
    )
    names = {agency_id: view.title for agency_id, view in views.items()}
    rows: dict[bool, list[list[str]]] = {True: [], False: []}
    for consultation, opinion in opinions:
        for on_draft, row in _rows(desk, consultation, opinion, names):
            rows[on_draft].append(row)
    silent = [
        names.get(said.agency_id, "")
        for _, said in opinions
        if said.verdict in _NO_ANSWER
    ]
    return Opinions(
        subject=subject or _subject(desk, consultations[0]),
        counts=counts(consultations),
        silent=sorted(silent),
        on_draft=rows[True],
        on_annex=rows[False],
        compiler=compiler,
    )


def counts(
    consultations: Sequence[Consultation],
) -> tuple[int, int, int, int, int, int]:
    """Return how many were asked, answered, agreed, agreed with comments, disagreed,
    were silent.
    """
    verdicts = [said.verdict for each in consultations for said in each.opinions]
    silent = sum(verdict in _NO_ANSWER for verdict in verdicts)
    agreed = verdicts.count(Verdict.AGREE)
    comments = verdicts.count(Verdict.COMMENTS)
    disagreed = verdicts.count(Verdict.DISAGREE)
    asked = len(verdicts)
    return asked, asked - silent, agreed, comments, disagreed, silent


def _subject(desk: Desk, consultation: Consultation) -> str:
    subject = consultation_queries.subject(desk.session, consultation)
    if isinstance(subject, Decision):
        return f"dự thảo Quyết định {small_first(subject.title)}"
    kind = desk.profile.kinds[subject.kind]
    return f"phiếu số {subject.number}: {wording.draft_title(kind, subject.content)}"


def _rows(
    desk: Desk,
    consultation: Consultation,
    opinion: Opinion,
    names: Mapping[UUID, str],
) -> Iterator[tuple[bool, list[str]]]:
    """Yield (whether it is about the draft itself, cells) of one opinion."""
    subject = consultation_queries.subject(desk.session, consultation)
    who = _who(opinion, names.get(opinion.agency_id, ""))
    handling = handled(opinion)
    if opinion.reason:
        about = "Ý kiến chung"
        yield isinstance(subject, Decision), [who, about, opinion.reason, handling]
    for comment in opinion.comments:
        about = _place(desk, subject, comment["field"])
        draft = isinstance(subject, Decision)
        yield draft, [who, about, comment["message"], handling]


def _who(opinion: Opinion, name: str) -> str:
    """Return who gave an opinion, and by which paper."""
    if opinion.paper:
        number, day = opinion.paper["number"], opinion.paper["day"]
        written = f"{day[8:]}/{day[5:7]}/{day[:4]}"
        return f"{name}\n(Công văn số {number} ngày {written})"
    when = ""
    if opinion.answered_at:
        when = f" ngày {short_day(clock.local(opinion.answered_at).date())}"
    return f"{name}\n(ý kiến trên Hệ thống{when})"


def handled(opinion: Opinion) -> str:
    """Return what was made of an opinion, in the words that every cell begins with."""
    handling = (opinion.handling or "").strip()
    if not handling:
        return "Chưa giải trình"
    begun = handling.lower().startswith((ACCEPTED.lower(), EXPLAINED.lower()))
    return handling if begun else f"{EXPLAINED}. {handling}"


def _place(desk: Desk, subject: Proposal | Decision, field: str) -> str:
    if isinstance(subject, Decision):
        return field or "Dự thảo Quyết định"
    kind = desk.profile.kinds[subject.kind]
    name = wording.draft_title(kind, subject.content)
    if not field:
        return f"Phiếu số {subject.number}, {name}"
    return f"Phiếu số {subject.number}, {name}: {wording.path_label(kind, field)}"
