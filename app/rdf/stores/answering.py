"""What runs in the sandbox for a query: is it one that only reads our graphs; its answer, bounded and written out.

Nothing here can reach a network: the sandbox lets it open nothing, and a query that would try is refused first.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from pyparsing import ParseBaseException, ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from app.rdf.stores import MOST_ROWS
from app.sandbox import RefusedError
from catalog_schema.namespaces import PREFIXES

RESULTS: dict[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
TRIPLES: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}
BOOLEAN = frozenset(list(RESULTS)[:2])  # CSV and TSV have no way to say true (SPARQL 1.1 Query Results CSV and TSV §1)
GRAPH_FORMS = ("ConstructQuery", "DescribeQuery")
SYNTAX, FORMAT, ROWS, GONE = "syntax: ", "format: ", "rows: ", "gone: "  # how a refusal begins
_FETCHING = {"ServiceGraphPattern": "SERVICE"}
_opened: list[ox.Store] = []


def warm() -> None:
    """Load what parsing needs, since nothing can be loaded later."""
    for text in ("SELECT * WHERE { ?s ?p 1 . FILTER(?s > 1) }", "CONSTRUCT WHERE { ?s ?p ?o }", "ASK {}"):
        checked(text, "urn:base")
    run(ox.Store(), b"SELECT * WHERE { ?s ?p ?o }", results=next(iter(RESULTS)), triples="", default="[]", named="[]")


def prepare(*, path: str, **_: str) -> None:
    """Open the copy of the store, before this process is held."""
    if not path:
        return
    try:
        _opened.append(ox.Store.read_only(path))
    except OSError as error:
        raise RefusedError(f"{GONE}Kho bộ ba đang được dựng lại; thử lại sau ít phút") from error


def answer(data: bytes, *, path: str, bases: str, **wanted: str) -> bytes:  # noqa: ARG001 - `prepare` has opened it
    """Return the media type, a line break and the answer. RefusedError says why there is none."""
    checked(data.decode(), bases)
    return run(_opened[0], data, **wanted)


def check(data: bytes, *, path: str, bases: str) -> bytes:  # noqa: ARG001 - the same options as `answer`
    """Return the name of the query's form, for a query that only reads our graphs; RefusedError for another."""
    return checked(data.decode(), bases).encode()


def write(data: bytes, *, path: str, form: str, results: str, triples: str) -> bytes:  # noqa: ARG001 - the same
    """Return in the wanted format what another store answered as JSON or N-Triples."""
    if form in GRAPH_FORMS:
        return _triples((quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)), triples)
    return _results(data, results, boolean=form == "AskQuery")


def checked(text: str, bases: str) -> str:
    """Return the name of the query's form: SelectQuery, AskQuery, ConstructQuery or DescribeQuery."""
    try:
        parsed = parseQuery(text)
    except ParseBaseException as error:
        raise RefusedError(f"{SYNTAX}Dòng {error.lineno}, cột {error.column}: câu hỏi SPARQL không đọc được") from error
    except RecursionError as error:
        raise RefusedError(f"{SYNTAX}Câu hỏi SPARQL lồng nhau quá sâu") from error
    below = tuple(f"{base}/id/" for base in bases.split())
    for node in _nodes(parsed):
        if node.name in _FETCHING:
            raise RefusedError(f"{SYNTAX}Không nhận {_FETCHING[node.name]}: máy chủ này không gọi máy chủ khác")
        for clause in dict.get(node, "datasetClause") or ():
            for graph in dict.values(clause):
                if not str(graph).startswith(below):  # a name with a prefix is not a text: refused too
                    raise RefusedError(f"{SYNTAX}FROM chỉ nhận đồ thị của danh mục này: <{below[-1]}ban-ghi/…>")
    return str(parsed[1].name)


def _nodes(parsed: Any) -> Iterator[CompValue]:
    """Yield every named part of a parsed query, however deep."""
    waiting = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, CompValue):
            yield node
            waiting.extend(dict.values(node))
        elif isinstance(node, list | tuple | ParseResults):
            waiting.extend(node)


def run(store: ox.Store, data: bytes, *, results: str, triples: str, default: str, named: str) -> bytes:
    """Run a query that was checked."""
    graphs = [[ox.NamedNode(name) for name in json.loads(names)] for names in (default, named)]
    options: dict[str, Any] = {"use_default_graph_as_union": True}
    if any(graphs):
        options = {"default_graph": graphs[0], "named_graphs": graphs[1]}
    try:
        found = store.query(data.decode(), prefixes=PREFIXES, **options)
        if isinstance(found, ox.QueryTriples):
            return _triples(found, triples)
        text = _Bounded()
        found.serialize(text, ox.QueryResultsFormat.JSON)
    except SyntaxError as error:
        raise RefusedError(f"{SYNTAX}Câu hỏi SPARQL không đọc được: {error.msg}") from error
    return _results(text.getvalue(), results, boolean=isinstance(found, ox.QueryBoolean))


def _results(data: bytes, media_type: str, *, boolean: bool) -> bytes:
    if not media_type or (boolean and media_type not in BOOLEAN):
        offered = [one for one in RESULTS if not boolean or one in BOOLEAN]
        raise RefusedError(f"{FORMAT}Câu hỏi này chỉ có các định dạng: {', '.join(offered)}")
    if not boolean and len(json.loads(data)["results"]["bindings"]) > MOST_ROWS:
        raise _too_many()
    parsed = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    return media_type.encode() + b"\n" + (parsed.serialize(format=RESULTS[media_type]) or b"")


def _triples(found: Any, media_type: str) -> bytes:
    if not media_type:
        raise RefusedError(f"{FORMAT}Câu hỏi này chỉ có các định dạng: {', '.join(TRIPLES)}")
    rows = []
    for triple in found:
        rows.append(triple)
        if len(rows) > MOST_ROWS:
            raise _too_many()
    rows.sort(key=str)
    written = ox.serialize(rows, format=TRIPLES[media_type], prefixes=PREFIXES) or b""
    return media_type.encode() + b"\n" + written


class _Bounded(io.BytesIO):
    """Takes the solutions of as many rows as may be, of whatever sizes; a query without end is stopped by its time."""

    most = 32 << 20

    def write(self, data: Any) -> int:
        if self.tell() > self.most:
            raise _too_many()
        return super().write(data)


def _too_many() -> RefusedError:
    return RefusedError(f"{ROWS}Câu hỏi cho hơn {MOST_ROWS:,} dòng; thêm LIMIT hoặc hỏi hẹp hơn".replace(",", "."))
