"""The SPARQL 1.1 protocol at `/sparql`, read only, and a page to ask and to see
answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from rdflib import Graph, Literal, URIRef
from werkzeug.wrappers import Response as BaseResponse

from app.api import problems
from app.errors import DanhmucError, MalformedError, NotAcceptableError
from app.permissions import declares
from app.rdf.stores import sample_questions
from app.rdf.stores.port import Answer, Question
from app.rdf.writing import formats, records
from app.rdf.writing.formats import FORMATS
from app.web.http.current import installation
from app.web.http.negotiation import finish, preferred
from app.web.machines.feed_requests import receive
from catalog_schema.namespaces import DCT, RDF, SD, new_graph

blueprint = Blueprint("sparql", __name__)
blueprint.after_request(receive)

RESULTS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
TRIPLES = {form.extension: form.media_type for form in FORMATS.values()}
NAMED = {
    "xml": "rdf",
    "json": "jsonld",
    "rdf+xml": "rdf",
    "json-ld": "jsonld",
    "turtle": "ttl",
    "n3": "ttl",
}
ALIKE = {
    "application/json": RESULTS["json"],
    "application/xml": RESULTS["xml"],
    "text/xml": RESULTS["xml"],
}
_HTML = "text/html"
SHOWN = 200  # rows on the page; the rest is for downloads
_QUERY, _FORM = "application/sparql-query", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class ProtocolRequest:
    """A request of the protocol."""

    text: str
    default: tuple[str, ...]
    named: tuple[str, ...]


@blueprint.route("/sparql", methods=["GET", "POST"])
@declares(None)
def answer() -> BaseResponse:
    """Answer a query; without one, show the page to ask, or describe the service to a
    machine.
    """
    shown = (
        preferred([*RESULTS.values(), *TRIPLES.values(), _HTML], ALIKE) == _HTML
        and "format" not in request.args
    )
    try:
        asked = _asked()
        if asked is None:
            return _page("") if shown else _description()
        return _page(asked.text, asked) if shown else _machine(asked)
    except DanhmucError as error:
        problem = problems.of_error(error)
        if shown:
            return make_response(
                _page(request.values.get("query", ""), said=problem),
                problem.status,
                problem.headers,
            )
        return problems.response(problem)


def _asked() -> ProtocolRequest | None:
    """Return what is asked, None for nothing; MalformedError for what the protocol does
    not know.
    """
    given, text = request.args, request.args.get("query")
    if request.method == "POST" and request.mimetype == _QUERY:
        text = request.get_data(as_text=True)
    elif request.method == "POST" and request.mimetype == _FORM:
        given, text = request.form, request.form.get("query")
    elif request.method == "POST":
        raise MalformedError(f"Gửi câu hỏi bằng {_FORM} (query=…) hoặc {_QUERY}")
    if "update" in request.values:
        raise MalformedError("Đây là nơi chỉ đọc: không nhận lệnh cập nhật")
    if len(given.getlist("query")) > 1:
        raise MalformedError("Chỉ hỏi một câu mỗi lần")
    if text is None and request.method != "POST":
        return None
    if text is None or not text.strip():
        raise MalformedError("Thiếu câu hỏi: gửi query=…")
    graphs = [
        _ours(given.getlist(name)) for name in ("default-graph-uri", "named-graph-uri")
    ]
    return ProtocolRequest(text, graphs[0], graphs[1])


def _ours(names: Sequence[str]) -> tuple[str, ...]:
    below = tuple(f"{base}/id/" for base in installation().settings.bases)
    if any(not name.startswith(below) for name in names):
        raise MalformedError(
            f"Chỉ hỏi trong đồ thị của danh mục này: {below[-1]}ban-ghi/…"
        )
    return tuple(names)


def _machine(asked: ProtocolRequest) -> Response:
    results, triples = _formats(request.args.get("format"))
    if results is None and triples is None:
        raise NotAcceptableError(
            f"Chỉ có các định dạng: {', '.join([*RESULTS, *TRIPLES])}"
        )
    found = _found(asked, results, triples)
    charset = "; charset=utf-8" if found.media_type.startswith("text/") else ""
    response = Response(found.body, content_type=found.media_type + charset)
    response.vary.add("Accept")
    return finish(response, None)


def _formats(named: str | None) -> tuple[str | None, str | None]:
    """Return the media types of a table and of triples that are wanted: by `format` in
    clients' words, or by Accept.
    """
    if named is None:
        return preferred([*RESULTS.values()], ALIKE), preferred(
            [*TRIPLES.values()], ALIKE
        )
    wanted = named.lower()
    results = RESULTS | {media: media for media in RESULTS.values()} | ALIKE
    triples = TRIPLES | {media: media for media in TRIPLES.values()}
    return results.get(wanted), triples.get(NAMED.get(wanted, wanted))


def _found(
    asked: ProtocolRequest,
    results: str | None,
    triples: str | None,
    first: int | None = None,
) -> Answer:
    return installation().store.answer(
        Question(asked.text, results, triples, asked.default, asked.named, first)
    )


def _page(
    text: str,
    asked: ProtocolRequest | None = None,
    said: problems.Problem | None = None,
) -> Response:
    """Show the page, with what was found where something is asked."""
    found = _found(asked, RESULTS["json"], TRIPLES["ttl"], SHOWN) if asked else None
    table = _table(found)
    response = make_response(
        render_template(
            "machines/sparql.html",
            text=text,
            said=said,
            table=table,
            triples=found.body.decode() if found and table is None else None,
            formats=RESULTS if table else TRIPLES,
            examples=sample_questions.read(),
            most=SHOWN,
        )
    )
    response.vary.add("Accept")
    return response


def _table(found: Answer | None) -> Mapping[str, Any] | None:
    """Return the names and the rows of an answer to SELECT or ASK; None for triples and
    for nothing.
    """
    if found is None or found.media_type != RESULTS["json"]:
        return None
    told = json.loads(found.body)
    if "boolean" in told:
        return {
            "names": ["ASK"],
            "rows": [[{"type": "literal", "value": str(told["boolean"]).lower()}]],
        }
    names = told["head"]["vars"]
    return {
        "names": names,
        "rows": [
            [row.get(name) for name in names] for row in told["results"]["bindings"]
        ],
    }


def _description() -> Response:
    """Describe the service (SPARQL 1.1 Service Description)."""
    form = FORMATS[
        next(
            (
                e
                for e, media in TRIPLES.items()
                if media == preferred([*TRIPLES.values()], ALIKE)
            ),
            "ttl",
        )
    ]
    response = Response(
        form.write(formats.of(_service())), content_type=form.content_type
    )
    response.vary.add("Accept")
    return finish(response, None)


def _service() -> Graph:
    profile = installation().profile
    here, graph = URIRef(f"{profile.base}/sparql"), new_graph()
    dataset = URIRef(f"{here}#kho")
    graph.add((here, RDF.type, SD.Service))
    graph.add((here, SD.endpoint, here))
    graph.add((here, DCT.title, Literal("Hỏi đáp SPARQL trên danh mục", lang="vi")))
    graph.add((here, SD.supportedLanguage, SD.SPARQL11Query))
    graph.add((here, SD.feature, SD.UnionDefaultGraph))
    results = (
        f"{formats.FORMAT_IRIS}SPARQL_Results_{name.upper()}" for name in RESULTS
    )
    for iri in (*results, *(form.iri for form in FORMATS.values())):
        graph.add((here, SD.resultFormat, URIRef(iri)))
    graph.add((here, SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, SD.Dataset))
    graph.add((dataset, DCT.isPartOf, records.catalogue_iri(profile)))
    return graph
