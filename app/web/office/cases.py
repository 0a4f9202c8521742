"""“Việc giữa các cơ quan”: what one asks and another has to answer; its lists, its
page, and everything that is done to it.
"""

from dataclasses import fields
from datetime import date
from typing import Any

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
from app.accounts.service import people_by_id, posts_by_id
from app.api import problems
from app.errors import DanhmucError, NotFoundError
from app.exchange.cases import (
    attached,
    follow_up,
    gathering,
    kinds,
    queries,
    running,
    service,
)
from app.exchange.cases.kinds import demands, tasks
from app.exchange.cases.lifecycle import CLOSED, OPEN, Side
from app.exchange.cases.models import Case, CaseStep
from app.exchange.cases.queries import CaseFilter
from app.permissions import Action, audience, declares, may
from app.register import arguments
from app.register.content import cut
from app.register.queries import EntryView
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
    day = arguments.day(request.args.get("as_of"))
    with looking() as session:
        desk = guard.desk(session)
        wanted = _wanted()
        if day is not None and day != clock.today():
            steps = queries.standing_on(desk, day, wanted.kinds)
            found = _stood(desk, steps, day)
            more = False
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
            day=day or clock.today(),
            chosen=request.args.get("loai", ""),
            waits=request.args.get("cho", ""),
            text=wanted.text,
            tabs=case_words.tabs(desk.profile),
            openable=_openable(desk),
            ranked=_ranked(session, desk),
            answers_all=may(desk.actor, Action.READ_CASES, None),
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


def _stood(desk: Desk, steps: list[CaseStep], day: date) -> list[case_words.CaseRow]:
    """Return cases as they stood at the end of a day."""
    cases = queries.by_ids(desk.session, {step.case_id for step in steps})
    names = _names(desk.session, list(cases.values()))
    return [
        case_words.row(desk, cases[step.case_id], names, step.status, step.due_on, day)
        for step in steps
    ]


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
    day = arguments.day(request.args.get("as_of")) if request.method != "POST" else None
    with looking() as session:
        desk = guard.desk(session)
        case = queries.get(desk, number)
        past = day is not None and day < clock.today()
        steps = queries.steps_until(case, day) if past and day else list(case.steps)
        if not steps:
            raise NotFoundError(_("Ngày đó chưa có việc này"))
        content = [step.content for step in steps if step.content is not None][-1]
        offered = [] if past else service.offered(desk, case)
        return render_template(
            "office/case.html",
            case=case,
            past=day if past else None,
            row=_row(desk, case, steps[-1], day if past and day else clock.today()),
            shape=desk.profile.cases[case.kind],
            steps=steps,
            forms=_forms(case, offered),
            edits=Action.EDIT_CASE in offered,
            wrong=service.problems(desk, case) if Action.EDIT_CASE in offered else [],
            tried=tried,
            error=error,
            typed=request.form,
            told=case_words,
            tabs=case_words.tabs(desk.profile),
            task_states=_task_states(desk),
            papers=[] if past else _papers(desk, case),
            **_around(session, desk, case, steps, content),
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


def _row(desk: Desk, case: Case, last: CaseStep, day: date) -> case_words.CaseRow:
    names = _names(desk.session, [case])
    return case_words.row(desk, case, names, last.status, last.due_on, day)


def _around(
    session: Session,
    desk: Desk,
    case: Case,
    steps: list[CaseStep],
    content: dict[str, Any],
) -> dict[str, Any]:
    """Return what stands around a case: names, people, what came of it."""
    register = register_today(session)
    shape = desk.profile.cases[case.kind]
    shown = cut.cut(shape.fields, content, audience(desk.actor).level)
    basis = list((case.answer or {}).get("basis", ()))
    ids = named(shape.fields, content) | case_words.agencies([case])
    went_to = {step.given["addressee"] for step in steps if "addressee" in step.given}
    views: dict[Any, EntryView] = register.by_ids({*ids, *basis, *went_to})
    drafted = follow_up.drafted(case)
    people = {step.person_id for step in steps if step.person_id}
    posts = {step.post_id for step in steps if step.post_id}
    return {
        "agencies": views,
        "sections": Pager(desk.profile, views).sections(shape, shown),
        "rule": desk.office.terms.by_id(case.due_rule),
        "turn": case_words.turn(case, case_words.named(views)),
        "people": people_by_id(session, people),
        "posts": posts_by_id(session, posts),
        "drafted": drafted,
        "may_open": _readable(desk, drafted),
        "live": running.live(register, case)[:3],
        "members": gathering.members(desk, case),
        "group": _group(session, case),
        "went_to": {str(one): views[one].title for one in views if str(one) in went_to},
        "basis": [views[one] for one in views if str(one) in basis],
    }


def _readable(desk: Desk, numbers: list[int]) -> set[int]:
    found = set()
    for number in numbers:
        try:
            found.add(proposals.by_number(desk, number).number)
        except NotFoundError:
            continue
    return found


def _group(session: Session, case: Case) -> Case | None:
    return session.get(Case, case.group_id) if case.group_id else None


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
