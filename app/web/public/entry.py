"""Addresses of things and of their documents: `/id/…` answers 303, `/doc/…`
negotiates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from rdflib import Graph
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.errors import NotFoundError
from app.exchange import connections, freshness, warehouse
from app.exchange.cases import queries as case_queries
from app.exchange.cases.kinds import obstacles, requests
from app.exchange.connections import AGREEMENT
from app.exchange.freshness import Fresh
from app.exchange.warehouse import Holding
from app.permissions import PUBLIC, Audience, declares
from app.rdf.writing import formats, records
from app.rdf.writing.formats import FORMATS, Format
from app.register import agency_names, codes, conditions
from app.register.conditions import Condition
from app.register.own_databases import bases
from app.register.queries import EntryView, Register, Use, VersionView
from app.web.display import case_origins, entry_head, exchange_rows, wording
from app.web.display.case_origins import Offer
from app.web.display.entry_head import Fact
from app.web.display.entry_sections import Pager
from app.web.http import guard
from app.web.http.current import installation, opened
from app.web.http.negotiation import (
    DOCUMENTS,
    HTML,
    alternates,
    finish,
    negotiate,
    split_extension,
)
from app.web.public import validity
from app.web.public.timeline import timeline
from app.workflow.decisions import queries as decision_queries
from app.workflow.decisions import rules as decision_rules
from app.workflow.proposals import preconditions
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.models import Proposal
from app.workflow.time import confirmations
from catalog_schema import publication
from catalog_schema.profile import DATABASE, Kind, Type

MOST_SHARED = 10  # connections on the page of a database or of an agency
FIRST_USES, MOST_USES = 30, 1_000  # of each group of those that name an entry
blueprint = Blueprint("entry", __name__)


@blueprint.get("/id/<word>/<name>")
@declares(None)
def thing(word: str, name: str) -> BaseResponse:
    """Answer 303 to the document of a thing, in the format that Accept prefers."""
    target = _document_address(word, name, negotiate(HTML, DOCUMENTS))
    answer = redirect(target, code=303)
    answer.headers["Vary"] = "Accept"
    return answer


def _document_address(word: str, name: str, extension: str) -> str:
    suffix = "" if extension == HTML else f".{extension}"
    if (word, name) == tuple(records.CATALOGUE.split("/")):
        moment: dict[str, Any] = {
            name: request.args[name]
            for name in ("as_of", "known_at")
            if name in request.args
        }
        return url_for(
            "catalogue.fixed",
            extension=extension if extension in FORMATS else "ttl",
            **moment,
        )
    if f"id/{word}/{name}" == publication.WORD:
        fixed = extension if extension in FORMATS else "ttl"
        return (
            url_for("profile.page")
            if extension == HTML
            else url_for("profile.shapes", extension=fixed)
        )
    if word == "ban-ghi":
        word = _word_of_record(name)
    _describe(word, name, guard.reader())
    return url_for("entry.document", word=word, name=name + suffix)


def _word_of_record(local_id: str) -> str:
    with opened() as register:
        found = register.by_local_id(local_id)
        return register.profile.kinds[found.kind].path_word


def _open_proposals(register: Register, view: EntryView) -> list[Proposal]:
    """Return the open proposals on an entry that the reader may read, none for the
    public.
    """
    if not current_user.is_authenticated or current_user.account.actor is None:
        return []
    return proposals.open_on(guard.desk(register.session), view.id)


def _entered_by(register: Register, versions: Sequence[VersionView]) -> dict[UUID, int]:
    """Return the numbers of the proposals that made versions, by id, as far as the
    reader may read them.
    """
    if not current_user.is_authenticated or current_user.account.actor is None:
        return {}
    made = {each.proposal_id for each in versions if each.proposal_id}
    return proposals.numbers(guard.desk(register.session), made)


@blueprint.get("/doc/<word>/<name>")
@declares(None)
def document(word: str, name: str) -> BaseResponse:
    """Serve the document about a thing: its page, or its triples in the format of
    Accept or of the extension.
    """
    stem, fixed = split_extension(name)
    extension = fixed or negotiate(HTML, DOCUMENTS)
    # what machines fetch is the same for everybody
    audience = guard.reader() if extension == HTML else PUBLIC
    render, modified = _describe(word, stem, audience)
    answer = render(extension)
    answer.headers["Link"] = _links(word, stem)
    if fixed is None:
        answer.vary.add("Accept")
    # a page is cut to its reader: a date would not do
    return finish(answer, None if extension == HTML else modified)


_Render = Callable[[str], Response]


def _describe(
    word: str, name: str, audience: Audience
) -> tuple[_Render, datetime | None]:
    """Return how to render what the address names, and when it last changed;
    NotFoundError for nothing that the audience may know of.
    """
    profile = installation().profile
    iri = f"{profile.base}/id/{word}/{name}"
    if iri in profile.lists.iris():
        return (lambda extension: _listed(iri, extension)), None
    kind = profile.by_path_word(word)
    if kind is None:
        raise NotFoundError(f"Danh mục không có “{name}”")
    with opened(audience) as register:
        view, modified = register.get(kind.name, name), register.changed()
    return (
        lambda extension: _entry(view, extension, audience)
    ), modified  # a document names other entries too


def _listed(iri: str, extension: str) -> Response:
    """Render a code list of the profile, or one of its concepts."""
    lists = installation().profile.lists
    concept = lists.by_iri(iri)
    scheme = (
        lists.schemes[concept.scheme]
        if concept
        else next(s for s in lists.schemes.values() if s.iri == iri)
    )
    if extension == HTML:
        return Response(
            render_template(
                "public/scheme.html",
                scheme=scheme,
                concept=concept,
                formats=DOCUMENTS.values(),
            )
        )
    return _triples(
        lists.describe(
            {iri} if concept else {iri, *(c.iri for c in scheme.concepts.values())}
        ),
        extension,
    )


def _entry(view: EntryView, extension: str, audience: Audience) -> Response:
    with opened(audience) as register:
        if extension != HTML:
            record = str(records.record_iri(register.profile, view))
            return _triples(
                records.document(register, view), extension, view.iri, record
            )
        view = register.get(view.kind, view.local_id)
        kind = register.profile.kinds[view.kind]
        pager = Pager(
            register.profile, register.referenced(view), public=audience == PUBLIC
        )
        versions, content = register.versions(view.id), view.content
        past = register.at.as_of < clock.today()
        if past:  # of later days nothing is told
            day = register.at.as_of
            versions = [one for one in versions if one.valid_from <= day]
            content = _told_by(day, kind, view, pager)
        whole = request.args.get("lien-quan") == "tat-ca"
        found_uses = register.uses(view.id, limit=MOST_USES if whole else FIRST_USES)
        page = render_template(
            "public/entry.html",
            view=view,
            kind=kind,
            sections=pager.sections(kind, content),
            facts=_facts(register, pager, kind, view, content),
            **_of_database(pager, kind, content, found_uses),
            **_shared(register, view),
            **_cases(register, view, past=past),
            fresh=_fresh(register, view),
            stored=_stored(register, view),
            past=past,
            **_history(register, view, versions),
            uses=_titled(register, found_uses),
            all_uses=urlencode({**request.args, "lien-quan": "tat-ca"}),
            formats=DOCUMENTS.values(),
            named=pager.named,
            heirs=_heirs(register, pager, view),
            at=register.at,
            decided_by=pager.named.get(view.decided_by_id)
            if view.decided_by_id
            else None,
            decision=pager.named.get(view.decision_id) if view.decision_id else None,
            promulgated=register.promulgated(view.id)
            if view.kind == decision_rules.LAW
            else [],
            ended=list(register.by_ids(_ended(register, view)).values()),
            annexed=decision_queries.of_entry(register.session, view.id) is not None,
            proposals=_open_proposals(register, view),
            may_open=_may_open(register, view),
            confirmed=confirmations.confirmed(register.session, [view.id]).get(view.id)
            if guard.own(view)
            else None,
        )
    return Response(page)


def _history(
    register: Register, view: EntryView, versions: Sequence[VersionView]
) -> dict[str, object]:
    """Return the versions of an entry, what made them, what happened day by day; of a
    database also what held on which days, as it is known today.
    """
    present = register.at.as_of == clock.today()
    drawn = None
    if view.kind == DATABASE and present:
        drawn = validity.lanes(register, versions, _confirmed_on(register, view))
    made_by = {each.decision_id for each in versions if each.decision_id}
    return {
        "versions": versions,
        "decisions": register.by_ids(made_by),
        "entered_by": _entered_by(register, versions),
        "events": timeline(register, view, versions),
        "lanes": drawn,
    }


def _may_open(register: Register, view: EntryView) -> bool:
    """Tell whether the reader may open a proposal about an entry that is not their own
    agency's.
    """
    if guard.own(view) or not guard.proposes():
        return False
    desk = guard.desk(register.session)
    return preconditions.may_propose_on(desk, view.kind, view.id)


def _ended(register: Register, view: EntryView) -> list[UUID]:
    return (
        decision_queries.ended_by(register.session, view.id)
        if view.kind == decision_rules.LAW
        else []
    )


def _told_by(day: date, kind: Kind, view: EntryView, pager: Pager) -> dict[str, Any]:
    """Return what an entry says, without what came after a day that is past: the end of
    the thing, and what names things that were yet to come.
    """
    content = dict(conditions.without_its_end(kind.name, view.content, day))
    for field in kind.fields:
        if field.type is Type.REFERENCE and field.name in content:
            value = content[field.name]
            ids = [value] if isinstance(value, str) else value
            there = [id_ for id_ in ids if _was_there(pager.named.get(UUID(id_)))]
            if not there:
                del content[field.name]
            elif field.many:
                content[field.name] = there
    return content


def _was_there(view: EntryView | None) -> bool:
    return view is None or view.thing.condition is not Condition.NOT_YET


def _of_database(
    pager: Pager, kind: Kind, content: Mapping[str, Any], uses: Sequence[Use]
) -> dict[str, object]:
    """Return what only the page of a database shows: who may have what, and where its
    data comes from and goes.
    """
    if kind.name != DATABASE:
        return {}
    return {
        "matrix": entry_head.matrix(pager, kind, content),
        "flow": entry_head.flow(pager, kind, content, uses),
    }


def _stored(register: Register, view: EntryView) -> Holding | None:
    """Return what the warehouse holds of a database; None for what is none."""
    if view.kind != DATABASE:
        return None
    return warehouse.held(register, [view])[view.id]


def _fresh(register: Register, view: EntryView) -> Fresh | None:
    """Return how fresh the data of a database are; None for what has none."""
    if view.kind != DATABASE:
        return None
    return freshness.all_of(register, [view])[view.id]


def _cases(register: Register, view: EntryView, *, past: bool) -> dict[str, object]:
    """Return how long answers to requests for the data of a database took; to whoever
    may ask, the way to a request and what came of it; of a document, what was answered
    about rules of it that were unclear.
    """
    session, calendar = register.session, installation().office.calendar
    found: dict[str, object] = {"answered": None, "offer": None, "clarified": []}
    if past:
        return found
    if view.kind == DATABASE:
        found["answered"] = case_queries.answered(
            session, view.id, requests.NAME, calendar
        )
        if case_origins.may_open() and not guard.own(view):
            offer = case_origins.of_database(view)
            found["offer"] = offer
            found["begun"] = case_origins.begun(session, [offer.origin])
    if view.kind == AGREEMENT and case_origins.may_open():
        more = _more_time(register, view)
        found["offer"] = more
        found["begun"] = case_origins.begun(session, [more.origin] if more else [])
    if case_origins.reads():
        desk = guard.desk(session)
        found["cases"] = case_queries.about(desk, view.id)
        if view.kind == decision_rules.LAW:
            found["clarified"] = case_queries.rule_cases(desk, view.id, obstacles.NAME)
    return found


def _more_time(register: Register, view: EntryView) -> Offer | None:
    """Return the request for more time under an agreement, to its consumers, where it
    has an end.
    """
    own = str(guard.actor().agency_id)
    if own not in view.content.get("consumers", ()) or "term_end" not in view.content:
        return None
    databases = register.by_ids(map(UUID, view.content.get("databases", ())))
    return case_origins.of_term(view, list(databases.values()))


def _shared(register: Register, view: EntryView) -> dict[str, object]:
    """Return the connections over which a database gives its data; of an agency what it
    gives, and what it gets.
    """
    if view.kind == DATABASE:
        about = connections.about(register, [view.id])
        giving = [each for each in about if each.gives(view.id)]
        given = exchange_rows.rows(register, giving)
        return {"given": given, "most_shown": MOST_SHARED, "shared": []}
    if view.kind != codes.AGENCY:
        return {"given": [], "most_shown": 0, "shared": []}
    found = connections.standing(register, connections.of_agency(register, [view.id]))
    gives = [each for each in found if each.giver.agency == view.id]
    gets = [each for each in found if each.giver.agency != view.id]
    shared = [
        (title, exchange_rows.rows(register, listed[:MOST_SHARED]), len(listed))
        for title, listed in ((_("Cung cấp cho"), gives), (_("Nhận từ"), gets))
        if listed
    ]
    return {"given": [], "most_shown": 0, "shared": shared}


def _confirmed_on(register: Register, view: EntryView) -> date | None:
    at = confirmations.confirmed(register.session, [view.id]).get(view.id)
    return clock.local(at).date() if at else None


def _facts(
    register: Register,
    pager: Pager,
    kind: Kind,
    view: EntryView,
    content: Mapping[str, Any],
) -> list[Fact]:
    """Return the facts at the head; what was confirmed, and is to be, is told of
    today.
    """
    laws = [pager.named[basis] for basis in bases(content) if basis in pager.named]
    laws.sort(key=lambda law: law.sort_key)
    found = entry_head.facts(pager, kind, content, laws)
    if kind.name != DATABASE or register.at.as_of != clock.today():
        return found
    due = confirmations.due(register.session, [view])[view.id]
    last = _confirmed_on(register, view)
    return [*found, entry_head.confirmation(last, due, clock.today())]


def _heirs(register: Register, pager: Pager, view: EntryView) -> list[EntryView]:
    """Return what came in the place of a thing and is there on the day: an agency that
    has ended meanwhile leads on to its own heirs.
    """
    named = [pager.named[one] for one in view.thing.successors if one in pager.named]
    agencies = {one.id for one in named if one.kind == codes.AGENCY}
    rest = [one for one in named if one.kind != codes.AGENCY]
    return [*rest, *agency_names.living(register, agencies)]


def _titled(register: Register, uses: Sequence[Use]) -> list[tuple[str, Use]]:
    """Return who names this entry, each group with its title in the words of the
    page.
    """
    kinds = register.profile.kinds
    return [(wording.named_in(kinds[use.kind], use.field), use) for use in uses]


def _triples(
    found: Graph, extension: str, thing: str = "", record: str = ""
) -> Response:
    """Write triples about a thing; it and its record are named for what keeps
    provenance apart.
    """
    chosen, triples = DOCUMENTS[extension], formats.of(found)
    body = (
        chosen.write(triples)
        if isinstance(chosen, Format)
        else chosen.write(triples, thing, record)
    )
    return Response(body, content_type=chosen.content_type)


def _links(word: str, name: str) -> str:
    thing = f'<{installation().settings.base_uri}/id/{word}/{name}>; rel="describes"'
    return f"{alternates(f'doc/{word}/{name}.', DOCUMENTS)}, {thing}"
