"""What runs in the sandbox for a query: is it one that only reads our graphs; its
answer, bounded and written out.

Nothing here can reach a network: the sandbox lets it open nothing, and a query that
would try is refused first.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyoxigraph as ox
from pyparsing import ParseBaseException, ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from app.rdf.stores.port import MOST_ROWS
from app.sandbox import RefusedError
from catalog_schema.namespaces import PREFIXES, XSD

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
# CSV and TSV have no way to say true (SPARQL 1.1 Query Results CSV and TSV §1)
BOOLEAN = frozenset(
    ["application/sparql-results+json", "application/sparql-results+xml"]
)
GRAPH_FORMS = ("ConstructQuery", "DescribeQuery")
# how a refusal begins
SYNTAX, FORMAT, ROWS, GONE = (
    "syntax: ",
    "format: ",
    "rows: ",
    "gone: ",
)
_AMBIGUOUS = re.compile(r"\r(?!\n)|\\[uU]")
# what no word of the language is looked for in: texts, IRIs, comments
_OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\'|<[^<>"{}|^`\\\x00-\x20]*>|#[^\n\r]*',
    re.DOTALL,
)
_SERVICE = re.compile(r"(?<![\w:?$.-])SERVICE(?![\w:-])", re.IGNORECASE)
_FROM = re.compile(r"(?<![\w:?$.-])FROM(?![\w:-])", re.IGNORECASE)
_MOST_CELLS = 5_000  # of a table that is shown
_opened: list[ox.Store] = []


class CheckedQuery(NamedTuple):
    """A query that only reads our graphs: the name of its form, and the graphs that its
    text asks about.
    """

    form: str
    default: list[str]
    named: list[str]


def warm() -> None:
    """Load what parsing needs, since nothing can be loaded later."""
    for text in (
        "SELECT * WHERE { ?s ?p 1 . FILTER(?s > 1) }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "ASK {}",
    ):
        checked(text, "urn:base")
    run(
        ox.Store(),
        b"SELECT * WHERE { ?s ?p ?o }",
        results=next(iter(RESULTS)),
        triples="",
        default=[],
        named=[],
    )


def prepare(*, path: str, **_: str) -> None:
    """Open the copy of the store, before this process is held."""
    if not path:
        return
    try:
        _opened.append(ox.Store.read_only(path))
    except (OSError, RuntimeError) as error:  # as RocksDB finds it
        raise RefusedError(
            f"{GONE}Kho bộ ba đang được dựng lại; thử lại sau ít phút"
        ) from error


def answer(
    data: bytes,
    *,
    path: str,  # noqa: ARG001 - `prepare` has opened it
    bases: str,
    default: str,
    named: str,
    **options: str,
) -> bytes:
    """Return the media type, a line break and the answer. RefusedError says why there
    is none.
    """
    asks = checked(data.decode(), bases)
    defaults, names = json.loads(default), json.loads(named)
    # what the request names comes before what the text names (SPARQL 1.1 Protocol
    # §2.1.4)
    if not (defaults or names):
        defaults, names = asks.default, asks.named
    return run(_opened[0], data, default=defaults, named=names, **options)


def check(data: bytes, *, path: str, bases: str) -> bytes:  # noqa: ARG001 - the same options as `answer`
    """Return what is known of a query that only reads our graphs, as JSON; RefusedError
    for another.
    """
    return json.dumps(checked(data.decode(), bases)).encode()


def write(
    data: bytes, *, form: str, results: str, triples: str, first: str = "", **_path: str
) -> bytes:
    """Return in the wanted format what another store answered as JSON or N-Triples."""
    if form in GRAPH_FORMS:
        return _triples(
            (quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)),
            triples,
            first,
        )
    return _results(data, results, first, boolean=form == "AskQuery")


def checked(text: str, bases: str) -> CheckedQuery:
    """Return what is known of a query; its form is SelectQuery, AskQuery,
    ConstructQuery or DescribeQuery.

    A store may read a text otherwise than the parser that is asked here, so what they
    were seen to differ in is refused and the words that fetch are looked for in the
    bare text besides.
    """
    if _AMBIGUOUS.search(text):
        raise RefusedError(
            f"{SYNTAX}Không nhận ký tự viết dạng \\u… và CR đứng riêng; gõ bằng UTF-8"
        )
    bare = _OPAQUE.sub(" ", text)
    try:
        parsed = parseQuery(text)
    except ParseBaseException as error:
        raise RefusedError(
            f"{SYNTAX}Dòng {error.lineno}, cột {error.column}: câu hỏi SPARQL "
            "không đọc được"
        ) from error
    except RecursionError as error:
        raise RefusedError(f"{SYNTAX}Câu hỏi SPARQL lồng nhau quá sâu") from error
    below = tuple(f"{base}/id/" for base in bases.split())
    nodes = list(_nodes(parsed))
    if _SERVICE.search(bare) or any(
        node.name == "ServiceGraphPattern" for node in nodes
    ):
        raise RefusedError(
            f"{SYNTAX}Không nhận SERVICE: máy chủ này không gọi máy chủ khác"
        )
    if any(node.name == "Function" and not _casts(node["iri"]) for node in nodes):
        raise RefusedError(
            f"{SYNTAX}Chỉ nhận các hàm của SPARQL 1.1, kể cả đổi kiểu xsd:…"
        )
    # as of a dict: asked otherwise, a node answers the name of what it lacks
    clauses = [
        clause for node in nodes for clause in dict.get(node, "datasetClause") or ()
    ]
    ours = all(
        str(graph).startswith(below)
        for clause in clauses
        for graph in dict.values(clause)
    )
    # a name with a prefix is not a text: refused too
    if not ours or len(_FROM.findall(bare)) != len(clauses):
        raise RefusedError(
            f"{SYNTAX}FROM chỉ nhận đồ thị của danh mục này: <{below[-1]}ban-ghi/…>"
        )
    default = [str(clause["default"]) for clause in clauses if "default" in clause]
    named = [str(clause["named"]) for clause in clauses if "named" in clause]
    return CheckedQuery(str(parsed[1].name), default, named)


def _casts(function: Any) -> bool:
    """Tell whether a function changes the datatype, the one kind that has an IRI in the
    language (SPARQL 1.1 §17.5).
    """
    if isinstance(function, CompValue):  # a name with a prefix
        return bool(function.get("prefix") == "xsd")
    return str(function).startswith(str(XSD))


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


def run(
    store: ox.Store,
    data: bytes,
    *,
    results: str,
    triples: str,
    default: list[str],
    named: list[str],
    first: str = "",
) -> bytes:
    """Run a query that was checked on these graphs, on all of them where none is
    named.
    """
    try:
        graphs: dict[str, Any] = {"use_default_graph_as_union": True}
        if default or named:  # which the union of all would hide
            graphs = {
                "default_graph": [ox.NamedNode(name) for name in default],
                "named_graphs": [ox.NamedNode(name) for name in named],
            }
        solutions = store.query(data.decode(), prefixes=PREFIXES, **graphs)
        if isinstance(solutions, ox.QueryTriples):
            return _triples(solutions, triples, first)
        text = _Bounded()
        solutions.serialize(text, ox.QueryResultsFormat.JSON)
    except SyntaxError as error:
        raise RefusedError(
            f"{SYNTAX}Câu hỏi SPARQL không đọc được: {error.msg}"
        ) from error
    except ValueError as error:
        raise RefusedError(f"{SYNTAX}Tên đồ thị không phải IRI") from error
    except OSError as error:  # without Landlock, what is not open yet cannot be opened
        raise RefusedError(
            f"{GONE}Kho bộ ba có nhiều tệp hơn máy chủ này mở được; hãy báo "
            "người vận hành"
        ) from error
    return _results(
        text.getvalue(), results, first, boolean=isinstance(solutions, ox.QueryBoolean)
    )


def _results(data: bytes, media_type: str, first: str, *, boolean: bool) -> bytes:
    if not media_type or (boolean and media_type not in BOOLEAN):
        offered = [known for known in RESULTS if not boolean or known in BOOLEAN]
        raise RefusedError(
            f"{FORMAT}Câu hỏi này chỉ có các định dạng: {', '.join(offered)}"
        )
    body = {} if boolean else json.loads(data)
    rows = body["results"]["bindings"] if body else []
    if len(rows) > MOST_ROWS:
        raise _too_many()
    if first and body:
        columns = max(1, len(body["head"]["vars"]))
        most_rows = max(1, _MOST_CELLS // columns)
        body["results"]["bindings"] = rows[: min(int(first), most_rows)]
        data = json.dumps(body).encode()
    parsed = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    return (
        media_type.encode()
        + b"\n"
        + (parsed.serialize(format=RESULTS[media_type]) or b"")
    )


def _triples(triples: Any, media_type: str, first: str) -> bytes:
    if not media_type:
        raise RefusedError(
            f"{FORMAT}Câu hỏi này chỉ có các định dạng: {', '.join(TRIPLES)}"
        )
    rows = []
    for triple in triples:
        rows.append(triple)
        if len(rows) > MOST_ROWS:
            raise _too_many()
    rows.sort(key=str)
    rows = rows[: int(first)] if first else rows
    written = ox.serialize(rows, format=TRIPLES[media_type], prefixes=PREFIXES) or b""
    return media_type.encode() + b"\n" + written


class _Bounded(io.BytesIO):
    """Takes the solutions of as many rows as may be, of whatever sizes; a query without
    end is stopped by its time.
    """

    most = 32 << 20

    def write(self, data: Any) -> int:
        if self.tell() > self.most:
            raise _too_many()
        return super().write(data)


def _too_many() -> RefusedError:
    most = f"{MOST_ROWS:,}".replace(",", ".")
    return RefusedError(
        f"{ROWS}Câu hỏi cho hơn {most} dòng; thêm LIMIT hoặc hỏi hẹp hơn"
    )
