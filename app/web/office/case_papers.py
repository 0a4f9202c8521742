"""The papers of what one agency asks of another: a request for data, its refusal, what
the People's Committee proposes to a ministry.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from app import clock
from app.documents.papers import case_letters, letters
from app.documents.papers.case_letters import Proposed, Requested
from app.documents.papers.letters import Letter
from app.documents.papers.parts import Paper
from app.documents.papers.writer import Writer
from app.errors import NotFoundError
from app.exchange.cases import gathering, queries, rules
from app.exchange.cases.kinds import obstacles, requests
from app.exchange.cases.lifecycle import CaseStatus
from app.exchange.cases.models import Case
from app.permissions import Action, may, require
from app.register import codes
from app.register.latest_versions import latest_version
from app.register.queries import EntryView
from app.web.http.current import register_today
from app.web.office import official_papers
from app.web.office.official_papers import Drafted
from app.workflow.context import Desk
from app.workflow.decisions import text
from app.workflow.official_words import cited, ordered


def _draw(writer: Writer, letter: Letter | None, _values: Mapping[str, str]) -> Paper:
    if letter is None:
        raise TypeError(letter)
    return letters.paper(writer, letter)


def _bases(desk: Desk, laws: Iterable[str]) -> list[str]:
    """Return the legal bases that can be printed without guessing."""
    found = []
    for law in laws:
        version = latest_version(desk.session, UUID(law))
        if version is not None:
            found.append(text.basis(desk, version, text.Wording.of({})))
    return [cited(basis) for basis in ordered(found) if basis.printable]


def _views(desk: Desk, *ids: object) -> dict[UUID, EntryView]:
    known = [one for one in map(rules.uuid, ids) if one is not None]
    return dict(register_today(desk.session).by_ids(known))


def _of_kind(desk: Desk, number: int, kind: str) -> Case:
    case = queries.get(desk, number)
    if case.kind != kind:
        raise NotFoundError(_("Việc này không có văn bản đó"))
    return case


def _title(views: Mapping[UUID, EntryView], value: object) -> str:
    view = views.get(rules.uuid(value) or UUID(int=0))
    return view.title if view else ""


def _data(views: Mapping[UUID, EntryView], case: Case) -> str:
    return _title(views, case.about_id) or case.title


def _code(desk: Desk, agency: UUID) -> str:
    held = codes.in_use(register_today(desk.session), [agency]).get(agency)
    return str(held.content["value"]) if held else ""


def _requesting(desk: Desk, number: int) -> Drafted:
    case = _of_kind(desk, number, requests.NAME)
    require(desk.actor, Action.SEND_CASE, case.asking_id)
    content = case.content
    named = (content.get(name) for name in ("procedure", "system", "service"))
    views = _views(desk, case.asking_id, case.answering_id, case.about_id, *named)
    lists = desk.profile.lists
    often = content.get("frequency")
    form = content.get("form")
    said = Requested(
        data=_data(views, case),
        receiver=_title(views, case.answering_id),
        bases=_bases(desk, content.get("legal_basis", ())),
        asking=_title(views, case.asking_id),
        code=_code(desk, case.asking_id),
        application=_title(views, content.get("system"))
        or _title(views, content.get("procedure")),
        purpose=content.get("purpose", ""),
        items=content.get("items", ()),
        service=_title(views, content.get("service")),
        form=lists.concept("hinh-thuc-de-nghi", form).labels["vi"] if form else "",
        frequency=lists.concept("tan-suat-ket-noi", often).labels["vi"]
        if often
        else "",
        other=content.get("other", ""),
        due_on=case.due_on,
    )
    writer = official_papers.writer_of(desk, case.asking_id, {})
    return Drafted(
        kind="de-nghi-khai-thac",
        agency_id=case.asking_id,
        back=url_for("cases.one", serial=number),
        file=f"de-nghi-khai-thac-{number}",
        draw=_draw,
        letter=case_letters.requesting(writer, said),
    )


def _refusing(desk: Desk, number: int) -> Drafted:
    case = _of_kind(desk, number, requests.NAME)
    answer = case.answer or {}
    owner = case.answering_id
    refused = answer.get("outcome") == "refused" and "paper" not in answer
    bases = _bases(desk, answer.get("basis", ())) if refused else []
    if owner is None or owner != desk.actor.agency_id:
        raise NotFoundError(_("Việc này không có văn bản đó"))
    if not bases:
        raise NotFoundError(_("Không có căn cứ thì không in được thông báo từ chối"))
    views = _views(desk, case.asking_id, owner, case.about_id)
    writer = official_papers.writer_of(desk, owner, {})
    letter = case_letters.refusing_to_share(
        writer,
        _data(views, case),
        _title(views, case.asking_id),
        answer.get("text", ""),
        bases,
    )
    return Drafted(
        kind="tu-choi-chia-se",
        agency_id=owner,
        back=url_for("cases.one", serial=number),
        file=f"tu-choi-chia-se-{number}",
        draw=_draw,
        letter=letter,
    )


def _proposing(desk: Desk, number: int) -> Drafted:
    case = _of_kind(desk, number, obstacles.NAME)
    if "kien-nghi-bo" not in offered(desk, case):
        raise NotFoundError(_("Việc này không có văn bản đó"))
    department = text.department(desk, clock.today())
    parent = department.content.get("parent") if department else None
    issuer = UUID(parent) if parent else desk.actor.agency_id
    gathered = gathering.members(desk, case) or [case]
    rule = case.content.get("rule")
    cited_rules = _bases(desk, [rule]) if rule else []
    views = _views(desk, case.answering_id, *(one.asking_id for one in gathered))
    said = Proposed(
        title=case.title,
        rule=cited_rules[0].removeprefix("Căn cứ ") if cited_rules else "",
        article=case.content.get("article", ""),
        obstacles=[
            f"{_title(views, one.asking_id)}: {one.content.get('description', '')}"
            for one in gathered
        ],
        proposals=[
            one.content["proposal"] for one in gathered if one.content.get("proposal")
        ],
        due_on=case.due_on,
    )
    writer = official_papers.writer_of(desk, issuer, {})
    letter = case_letters.proposing(writer, said)
    return Drafted(
        kind="kien-nghi-bo",
        agency_id=issuer,
        back=url_for("cases.one", serial=number),
        file=f"kien-nghi-{number}",
        draw=_draw,
        letter=replace(letter, receivers=[_title(views, case.answering_id)]),
    )


KINDS: Mapping[str, Callable[[Desk, int], Drafted]] = {
    "de-nghi-khai-thac": _requesting,
    "tu-choi-chia-se": _refusing,
    "kien-nghi-bo": _proposing,
}


def offered(desk: Desk, case: Case) -> list[str]:
    """Return the kinds of papers that the reader may draw up of a case."""
    found = []
    own = desk.actor.agency_id
    if case.kind == requests.NAME and own == case.asking_id:
        found.append("de-nghi-khai-thac")
    refused = case.status is CaseStatus.REFUSED and own == case.answering_id
    if case.kind == requests.NAME and refused:
        found.append("tu-choi-chia-se")
    department = may(desk.actor, Action.GATHER, None)
    top = case.kind == obstacles.NAME and case.level >= obstacles.LEVELS
    if top and department:
        found.append("kien-nghi-bo")
    return found
