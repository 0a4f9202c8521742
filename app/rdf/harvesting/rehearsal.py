"""Harvests the register as others do, page after page, and says what would trip them,
entry by entry.

Run over what came: the rules of `pitfalls`, the profile's own SHACL, and what concerns
pages.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox
from rdflib import Graph, URIRef

from app.rdf.harvesting.pitfalls import (
    ITEMS,
    NOWHERE,
    RULES,
    Finding,
    Severity,
    name_of,
)
from app.rdf.writing import formats
from catalog_schema import validation
from catalog_schema.namespaces import DCAT, DCT, HYDRA, RDF
from catalog_schema.profile import Profile, Visibility

# of a page: what CKAN takes, and when to say so
MOST_BYTES, WARN_BYTES = (
    50_000_000,
    40_000_000,
)


@dataclass(frozen=True)
class Page:
    """What an address answered."""

    address: str
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Report:
    """What a harvest saw."""

    pages: int
    datasets: int
    services: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings a harvester would fail over."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    def told(self) -> str:
        """Return how many findings there are, in words."""
        return f"{self.errors} lỗi, {len(self.findings) - self.errors} chỗ nên sửa"


Fetch = Callable[[str], Page]


def rehearse(
    profile: Profile, extension: str, fetch: Fetch, most: int | None = None
) -> Report:
    """Follow the feed from its first page to its last, or to the page `most`, and check
    what came.
    """
    parsed, findings = _followed(profile, extension, fetch, most)
    whole = Graph()
    for graph in parsed:
        whole += graph
    findings += [finding for rule in RULES for finding in rule(whole)]
    findings += [
        *_published_by_nobody(whole),
        *_repeated(parsed),
        *_shapes(profile, whole),
    ]
    count = {kind: len(set(whole.subjects(RDF.type, kind))) for kind in ITEMS}
    ordered = sorted(
        set(findings),
        key=lambda finding: (
            finding.severity is not Severity.ERROR,
            finding.entry,
            finding.rule,
            finding.message,
        ),
    )
    return Report(
        len(parsed), count[DCAT.Dataset], count[DCAT.DataService], tuple(ordered)
    )


def _followed(
    profile: Profile, extension: str, fetch: Fetch, most: int | None
) -> tuple[list[Graph], list[Finding]]:
    """Return the graphs of the pages, and what is wrong with the pages themselves."""
    graphs, findings, address = list[Graph](), list[Finding](), f"/catalog.{extension}"
    form, seen, first = formats.FORMATS[extension], set[str](), b""
    while address and address not in seen and (most is None or len(graphs) < most):
        seen.add(address)
        page = fetch(address)
        findings += _answered(page, form.media_type)
        if page.status != 200:  # noqa: PLR2004 - the one that harvesters take
            break
        try:
            graph = _parsed(page, extension)
        except SyntaxError as error:
            findings.append(
                Finding(
                    "answer",
                    address,
                    f"Không đọc được trang ({error.msg}); sửa giá trị mà lỗi nêu",
                )
            )
            break
        if graphs and page.body == first:
            findings.append(
                Finding("pages", address, "Giống hệt trang đầu: CKAN dừng ở đó")
            )
        first = first or page.body
        graphs.append(graph)
        findings += _paging(graph, address)
        named = {str(link) for link in graph.objects(None, HYDRA.next)}
        address = _path(min(named).removeprefix(profile.base)) if named else ""
    return graphs, findings


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _answered(page: Page, media_type: str) -> Iterator[Finding]:
    """An answer has status 200, the media type of its ending, and fewer bytes than CKAN
    takes.
    """
    if page.status != 200:  # noqa: PLR2004
        yield Finding(
            "answer",
            page.address,
            f"Trả lời {page.status}: lần thu thập hỏng giữa chừng",
        )
    if page.content_type.partition(";")[0].strip() != media_type:
        yield Finding(
            "answer",
            page.address,
            f"Content-Type là {page.content_type or 'trống'}, phải là {media_type}",
        )
    if len(page.body) > WARN_BYTES:
        bad = len(page.body) > MOST_BYTES
        message = "Trang quá lớn: giảm feed_page_size trong cấu hình"
        yield Finding(
            "size", page.address, message, Severity.ERROR if bad else Severity.WARNING
        )


def _parsed(page: Page, extension: str) -> Graph:
    rdf_format = ox.RdfFormat.from_media_type(formats.FORMATS[extension].media_type)
    return formats.graph_of(
        quad.triple for quad in ox.parse(page.body, format=rdf_format, base_iri=NOWHERE)
    )


def _paging(graph: Graph, address: str) -> Iterator[Finding]:
    """A page has exactly one node of paging, of both types, with a total and with IRIs
    for its neighbours.
    """
    nodes = set(graph.subjects(RDF.type, HYDRA.PagedCollection))
    if len(nodes) != 1 or nodes != set(
        graph.subjects(RDF.type, HYDRA.PartialCollectionView)
    ):
        yield Finding(
            "paging", address, "Trang phải có đúng một nút phân trang mang cả hai lớp"
        )
    for node in nodes:
        if len(set(graph.objects(node, HYDRA.totalItems))) != 1:
            yield Finding(
                "paging",
                address,
                "Nút phân trang thiếu hydra:totalItems: piveau không đọc được",
            )
        for pair in (
            (HYDRA.next, HYDRA.nextPage),
            (HYDRA.previous, HYDRA.previousPage),
            (HYDRA.first, HYDRA.firstPage),
        ):
            values = [set(graph.objects(node, predicate)) for predicate in pair]
            if values[0] != values[1] or not all(
                isinstance(value, URIRef) for value in values[0]
            ):
                yield Finding(
                    "paging",
                    address,
                    "Địa chỉ trang trước, sau phải là IRI và giống nhau ở cả hai tên",
                )


def _published_by_nobody(graph: Graph) -> Iterator[Finding]:
    """DCAT-AP asks that a catalogue name its publisher."""
    for node in set(graph.subjects(RDF.type, DCAT.Catalog)):
        if graph.value(node, DCT.publisher) is None:
            yield Finding(
                "publisher",
                name_of(str(node)),
                "Danh mục chưa có cơ quan công bố: chưa ai giữ mã publisher_code",
            )


def _repeated(pages: list[Graph]) -> Iterator[Finding]:
    """A database or service is whole on one page only, or harvesters count it twice or
    delete it.
    """
    seen = Counter(
        str(entry)
        for page in pages
        for kind in ITEMS
        for entry in set(page.subjects(RDF.type, kind))
    )
    for iri, times in seen.items():
        if times > 1:
            yield Finding(
                "once", name_of(iri), f"Có ở {times} trang; phải ở đúng một trang"
            )


def _shapes(profile: Profile, graph: Graph) -> Iterator[Finding]:
    for kind in profile.kinds.values():
        for problem in validation.check(graph, profile, kind, level=Visibility.PUBLIC):
            yield Finding(
                "profile",
                name_of(problem.focus),
                f"Trường {problem.field or 'của mục'}: {problem.message}",
            )
