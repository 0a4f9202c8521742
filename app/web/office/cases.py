"""“Việc giữa các cơ quan”: what one asks and another has to answer; its lists, its
page, and everything that is done to it.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app import clock, files
from app.accounts.service import posts_by_id
from app.api import problems
from app.errors import DanhmucError, NotFoundError
from app.exchange.cases import (
    attached,
    follow_up,
    kinds,
    queries,
    rules,
    running,
    service,
    unconfirmed,
)
from app.exchange.cases.kinds import demands, requests, tasks
from app.exchange.cases.lifecycle import CLOSED, OPEN, CaseStatus, Side
from app.exchange.cases.models import Case, CaseStep
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, audience, declares, may
from app.register import arguments
from app.register.content import cut
from app.register.queries import EntryView
from app.vietnamese import fold
from app.web.display import case_words, decision_words, wording
from app.web.display.entry_names import named
from app.web.display.entry_sections import Pager
from app.web.http import guard
from app.web.http.current import installation, looking, register_today, writing
from app.web.http.sending_files import attachment
from app.web.office import case_inputs, case_papers
from app.workflow.context import Desk
from app.workflow.life import Nothing
from app.workflow.proposals import queries as proposals

blueprint = Blueprint("cases", __name__)

WAITS = {"toi": Side.PARTY, "khac": Side.ASKING}  # for me, for others
_LONGEST = 200
_STOOD = 500  # cases that are listed of a past day
# what is not the next thing to do with a case stands last
_BESIDE = (Action.EXTEND_CASE, Action.NOTE_CASE, Action.WITHDRAW_CASE)
# done on pages of their own
_ELSEWHERE = frozenset({Action.OPEN_CASE, Action.EDIT_CASE})


@blueprint.get("/viec")
@declares(Action.READ_CASES)
def listed() -> Response:
    """List the cases of the reader's agency, for the department all: what waits for
    whom, what is late, what is over; on a past day as it stood then.
    """
    asked = arguments.day(request.args.get("as_of"))
    day = min(asked or clock.today(), clock.today())
    with looking() as session:
        desk = guard.desk(session)
        wanted = _wanted()
        if day < clock.today():
            stood = _stood(desk, wanted, day)
            more = len(stood) > _STOOD
            found = stood[:_STOOD]
        else:
            cases = queries.page(desk, wanted)
            more = len(cases) > queries.LISTED
            found = case_words.rows(
                desk, cases[: queries.LISTED], _names(session, cases)
            )
        page = render_template(
            "office/cases.html",
            rows=found,
            more=more,
            day=day,
            chosen=request.args.get("loai", ""),
            waits=request.args.get("cho", ""),
            text=wanted.text,
            tabs=case_words.tabs(desk.profile),
            openable=_openable(desk),
            ranked=_ranked(session, desk),
            answers_all=may(desk.actor, Action.READ_CASES, None),
            imports=service.may_open(desk, tasks.KIND),
        )
    return Response(page)


def _wanted() -> CaseFilter:
    kind = request.args.get("loai", "")
    waits = request.args.get("cho", "")
    statuses = sorted(CLOSED) if waits == "xong" else sorted(OPEN)
    return CaseFilter(
        kinds=(kind,) if kind in kinds.KINDS else (),
        statuses=statuses,
        waits=WAITS.get(waits),
        late=waits == "qua-han",
        text=request.args.get("q", "").strip()[:_LONGEST],
    )


def _stood(desk: Desk, wanted: CaseFilter, day: date) -> list[case_words.CaseRow]:
    """Return the wanted cases as they stood at the end of a day."""
    told = [
        (step, case_words.Stood.then(step.after))
        for step in queries.standing_on(desk, day, wanted.kinds)
        if step.status in wanted.statuses
    ]
    cases = queries.by_ids(desk.session, {step.case_id for step, _how in told})
    sides = {side for _step, how in told for side in (how.asking, how.answering)}
    views = register_today(desk.session).by_ids({side for side in sides if side})
    names = case_words.named(views)
    words = fold(wanted.text).split()
    found = []
    for step, how in told:
        case = cases[step.case_id]
        row = case_words.row(desk, case, names, how, day)
        mine = case_words.whose(how) == desk.actor.agency_id
        waits = wanted.waits is None or mine is (wanted.waits is Side.PARTY)
        late = row.late or not wanted.late
        if waits and late and all(word in case.match_key for word in words):
            found.append(row)
    return found


def _names(session: Session, cases: list[Case]) -> dict[Any, str]:
    register = register_today(session)
    return case_words.named(register.by_ids(case_words.agencies(cases)))


def _openable(desk: Desk) -> list[Any]:
    """Return the kinds of which the reader may open a case."""
    return [
        desk.profile.cases[name]
        for name, kind in kinds.KINDS.items()
        if service.may_open(desk, kind)
    ]


def _ranked(session: Session, desk: Desk) -> list[tuple[Any, Any]]:
    """Return the demands with who waits, where demands are listed."""
    if request.args.get("loai") != demands.NAME:
        return []
    found = queries.ranked(desk)
    names = _names(session, [case for case, _waiting in found])
    shown = case_words.rows(desk, [case for case, _waiting in found], names)
    return [(row, found[place][1]) for place, row in enumerate(shown)]


@blueprint.get("/viec/qua-han")
@declares(Action.READ_CASES)
def late() -> Response:
    """Show for each agency what waits for it, and what is past its day."""
    with looking() as session:
        desk = guard.desk(session)
        loads = queries.loads(desk, desk.office.calendar)
        views = register_today(session).by_ids({load.agency_id for load in loads})
        return Response(
            render_template("office/late_cases.html", loads=loads, agencies=views)
        )


@blueprint.get("/viec/<serial>")
@declares(Action.READ_CASES)
def one(serial: str) -> Response:
    """Show a case: what is asked, of whom, by when and why then; what was said; what
    the reader may do.
    """
    return Response(_page(_number(serial)))


def _number(serial: str) -> int:
    return arguments.whole(serial) or 0


def _page(number: int, error: DanhmucError | None = None, tried: str = "") -> str:
    asked = (
        arguments.day(request.args.get("as_of")) if request.method != "POST" else None
    )
    day = min(asked or clock.today(), clock.today())
    past = day < clock.today()
    with looking() as session:
        desk = guard.desk(session)
        case = queries.get(desk, number)
        steps = queries.steps_until(case, day)
        if not steps:
            raise NotFoundError(_("Ngày đó chưa có việc này"))
        how = case_words.Stood.then(steps[-1].after)
        content = [step.content for step in steps if step.content is not None][-1]
        offered = [] if past else service.offered(desk, case)
        return render_template(
            "office/case.html",
            case=case,
            past=day if past else None,
            stood=how,
            row=case_words.row(desk, case, _names(session, [case]), how, day),
            steps=unconfirmed.steps_for(desk.actor, case, steps),
            answer=None if past else unconfirmed.answer_for(desk.actor, case),
            asked_back=_asked_back(case) if how.status is CaseStatus.ASKED_BACK else "",
            forms=_forms(case, offered),
            edits=Action.EDIT_CASE in offered,
            wrong=service.problems(desk, case) if Action.EDIT_CASE in offered else [],
            tried=tried,
            error=error,
            typed=request.form,
            kept=_typed_in_vain(offered, tried),
            told=case_words,
            tabs=case_words.tabs(desk.profile),
            task_states=_task_states(desk),
            papers=[] if past else _papers(desk, case),
            **_around(session, desk, case, steps, content, how),
        )


def _task_states(desk: Desk) -> list[tuple[str, str]]:
    """Return the states that a lead agency may report; that a task is done has a way of
    its own.
    """
    concepts = desk.profile.lists.schemes["trang-thai-nhiem-vu"].concepts
    done = {tasks.PENDING, tasks.PROVED}
    return [
        (code, wording.label(concept.labels))
        for code, concept in concepts.items()
        if code not in done
    ]


def _papers(desk: Desk, case: Case) -> list[tuple[object, str]]:
    """Return the papers that may be drawn up here, by name, and where."""
    return [
        (
            decision_words.PAPERS[kind],
            url_for("papers.show", kind=kind, serial=case.number),
        )
        for kind in case_papers.offered(desk, case)
    ]


def _asked_back(case: Case) -> str:
    """Return what the other side wants to know."""
    asked = [step for step in case.steps if step.action == Action.ASK_BACK]
    return str(asked[-1].given.get("reason", "")) if asked else ""


def _typed_in_vain(offered: list[Action], tried: str) -> list[str]:
    """Return what was typed for something that cannot be done any more."""
    if not tried or tried in offered:
        return []
    return [
        value
        for name in ("text", "reason", "basis", "paper_number", "addressee", "due_on")
        if (value := request.form.get(name, "").strip())
    ]


def _around(
    session: Session,
    desk: Desk,
    case: Case,
    steps: list[CaseStep],
    content: dict[str, Any],
    how: case_words.Stood,
) -> dict[str, Any]:
    """Return what stands around a case: names, people, what came of it."""
    register = register_today(session)
    shape = desk.profile.cases[case.kind]
    shown = cut.cut(shape.fields, content, audience(desk.actor).level)
    answer = unconfirmed.answer_for(desk.actor, case) or {}
    basis = _ids(answer.get("basis", ()))
    ids = named(shape.fields, content) | case_words.agencies([case])
    went_to = _ids(step.given.get("addressee") for step in steps)
    acted = {step.agency_id for step in steps if step.agency_id}
    sides = {step.after[side] for step in steps for side in ("asking", "answering")}
    around = {*ids, *acted, *basis, *went_to, *_ids(sides)}
    views: dict[Any, EntryView] = register.by_ids(around)
    runs = kinds.kind_of(case.kind).runs
    drafted = follow_up.drafted(case)
    posts = {step.post_id for step in steps if step.post_id}
    return {
        "agencies": views,
        "sections": Pager(desk.profile, views).sections(shape, shown),
        "due_rule": steps[-1].after["due_rule"],
        "rule": desk.office.terms.by_id(steps[-1].after["due_rule"]),
        "turn": case_words.turn(how, case_words.named(views)),
        "posts": posts_by_id(session, posts),
        "drafted": drafted,
        "may_open": _readable(desk, drafted),
        "waits_for_data": case.kind == demands.NAME
        or requests.waits_for_connection(case),
        "live": running.live(register, case, runs)[:3] if runs else [],
        "members": queries.members_of(desk, case),
        "group": queries.group_of(desk, case),
        "went_to": {str(one): views[one].title for one in went_to if one in views},
        "basis": [views[one] for one in basis if one in views],
    }


def _readable(desk: Desk, numbers: list[int]) -> set[int]:
    found = set()
    for number in numbers:
        try:
            found.add(proposals.by_number(desk, number).number)
        except NotFoundError:
            continue
    return found


def _ids(texts: Iterable[object]) -> set[UUID]:
    return {found for text in texts if (found := rules.uuid(text)) is not None}


def _forms(
    case: Case, offered: list[Action]
) -> list[tuple[Action, Any, tuple[str, ...]]]:
    """Return what may be done here, each with its rule and the names of what comes
    along.
    """
    rules = kinds.kind_of(case.kind).rules
    forms = []
    ordered = [action for action in offered if action not in _BESIDE]
    ordered += [action for action in _BESIDE if action in offered]
    for action in ordered:
        if action in _ELSEWHERE:
            continue
        rule = rules[action]
        asked = () if rule.takes is Nothing else fields(rule.takes)
        forms.append((action, rule, tuple(part.name for part in asked)))
    return forms


@blueprint.post("/viec/<serial>")
@declares(Action.READ_CASES)
def act(serial: str) -> BaseResponse:
    """Do one thing to a case."""
    number, verb = _number(serial), request.form.get("do", "")
    if verb not in set(Action) or Action(verb) in _ELSEWHERE:
        raise NotFoundError(_("Không có việc này"))
    try:
        told = _done(number, Action(verb))
    except NotFoundError:
        raise
    except DanhmucError as error:
        status = problems.of_error(error).status.value
        return Response(_page(number, error, verb), status)
    flash(_("Đã ghi nhận. Việc số %(n)s: %(status)s.", n=number, status=told))
    return redirect(url_for("cases.one", serial=number))


def _done(number: int, action: Action) -> str:
    """Do what the form asks, and return where the case stands then."""
    with writing() as session:
        desk = guard.desk(session)
        case = queries.get(desk, number)
        # who may not do it is not asked for anything
        service.following(desk, case, action)
        rule = kinds.kind_of(case.kind).rules[action]
        given = case_inputs.read(desk, rule.takes)
        seen = arguments.whole(request.form.get("lock")) or 0
        done = service.act(desk, number, seen, action, given)
        return case_words.word(done.kind, done.status)


@blueprint.get("/viec/<serial>/tep/<sha256>")
@declares(Action.READ_CASES)
def file(serial: str, sha256: str) -> Response:
    """Give a file of a case to be saved."""
    with looking() as session:
        case = queries.get(guard.desk(session), _number(serial))
        name = attached.name_of(case, sha256)
        content = files.get(installation().settings.data_dir, sha256)
        return attachment(content, name, files.sniff(name, content))
