"""What harvesters were seen to break on, as rules: each goes from the whole graph to
what it found, entry by entry.

The official shapes do not catch these. `rehearsal` runs them over what the feed serves.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from catalog_schema.namespaces import ADMS, CV, DCAT, DCATAP, DCT, FOAF, RDF, SKOS, XSD

AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
# the base of what is parsed: a relative IRI shows
NOWHERE = "https://khong-co-goc.invalid/"
ITEMS = {DCAT.Dataset: DCAT.dataset, DCAT.DataService: DCAT.service}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BAD_IRI = re.compile(r'[\s<>"{}|\\^`]')


class Severity(StrEnum):
    """Whether a harvester fails over it, or only does worse."""

    ERROR = "lỗi"
    WARNING = "nên sửa"


@dataclass(frozen=True)
class Finding:
    """What is wrong with an entry, or with a page, and how to mend it."""

    rule: str
    entry: str
    message: str
    severity: Severity = Severity.ERROR


def nodes_have_names(graph: Graph) -> Iterator[Finding]:
    """Nothing is a blank node: they change from run to run, and some harvesters drop
    them.
    """
    for node in {
        term for triple in graph for term in triple if isinstance(term, BNode)
    }:
        about = next((str(s) for s in graph.subjects(None, node)), "một nút không tên")
        yield Finding(
            "blank-node", name_of(about), "Có nút không tên; mỗi phần phải có IRI"
        )


def addresses_are_whole(graph: Graph) -> Iterator[Finding]:
    """Every IRI is absolute and has no sign that breaks a parser."""
    for subject, predicate, value in graph:
        for node in (subject, predicate, value):
            if isinstance(node, URIRef) and (
                _BAD_IRI.search(node)
                or str(node).startswith(NOWHERE)
                or ":" not in node
            ):
                yield Finding(
                    "iri",
                    name_of(str(subject)),
                    f"Địa chỉ “{node}” không phải IRI đầy đủ; sửa ở trường ghi nó",
                )


def texts_are_clean(graph: Graph) -> Iterator[Finding]:
    """Texts are NFC, without control characters."""
    for subject, _, value in graph:
        text = str(value)
        if isinstance(value, Literal) and (
            _CONTROLS.search(text) or not unicodedata.is_normalized("NFC", text)
        ):
            yield Finding(
                "text",
                name_of(str(subject)),
                f"“{text[:60]}” có ký tự điều khiển hoặc dấu rời; nhập lại",
            )


def items_are_whole(graph: Graph) -> Iterator[Finding]:
    """A typed database or service has its title: a stub without one ends a whole CKAN
    run.
    """
    for subject in items(graph):
        if not set(graph.objects(subject, DCT.title)):
            yield Finding(
                "stub",
                name_of(subject),
                "Không có tên: CKAN dừng cả lần thu thập; nhập tên hoặc bỏ lớp của nút",
            )


def identifiers_are_plain(graph: Graph) -> Iterator[Finding]:
    """One plain, unique identifier, equal to the end of the IRI."""
    counts = Counter(
        str(value)
        for subject in items(graph)
        for value in graph.objects(subject, DCT.identifier)
    )
    for subject in items(graph):
        values = [str(value) for value in graph.objects(subject, DCT.identifier)]
        if (
            len(values) != 1
            or not _IDENTIFIER.fullmatch(values[0])
            or values[0] != name_of(subject)
        ):
            yield Finding(
                "identifier",
                name_of(subject),
                "Phải có đúng một dct:identifier, trùng phần cuối của IRI",
            )
        elif counts[values[0]] > 1:
            yield Finding(
                "identifier", name_of(subject), "dct:identifier trùng với mục khác"
            )


def records_are_apart(graph: Graph) -> Iterator[Finding]:
    """Each item is linked once from the catalogue and has one record, which is another
    node.
    """
    for kind, link in ITEMS.items():
        for subject in set(graph.subjects(RDF.type, kind)):
            links, topics = (
                set(graph.subjects(link, subject)),
                set(graph.subjects(FOAF.primaryTopic, subject)),
            )
            if len(links) != 1:
                yield Finding(
                    "link",
                    name_of(subject),
                    f"Danh mục phải nối tới mục này đúng một lần, nay {len(links)}",
                )
            if len(topics) != 1 or subject in topics:
                yield Finding(
                    "record",
                    name_of(subject),
                    "Phải có đúng một bản ghi, với IRI khác IRI của mục",
                )


def languages_are_ours(graph: Graph) -> Iterator[Finding]:
    """Titles and descriptions are in Vietnamese once, in English at most once, in
    nothing else; English all or none.
    """
    titles = {
        subject: list(graph.objects(subject, DCT.title)) for subject in items(graph)
    }
    for subject in items(graph):
        for predicate in (DCT.title, DCT.description):
            tags = Counter(
                getattr(title, "language", None)
                for title in graph.objects(subject, predicate)
            )
            wrong = tags["vi"] != 1 or tags["en"] > 1 or set(tags) - {"vi", "en"}
            if wrong or any(
                not str(title).strip() for title in graph.objects(subject, predicate)
            ):
                yield Finding(
                    "language",
                    name_of(subject),
                    "Tên và mô tả phải có đúng một bản tiếng Việt (vi), không trống",
                )
    english = {subject for subject, values in titles.items() if _in_english(values)}
    if english and len(english) < len(titles):
        for subject in titles.keys() - english:
            message = (
                "Chưa có tên tiếng Anh trong khi mục khác có: CKAN mặc định lấy "
                "tiếng Anh"
            )
            yield Finding("english", name_of(subject), message, Severity.WARNING)


def titles_differ(graph: Graph) -> Iterator[Finding]:
    """Equal titles clash in CKAN, which makes addresses of them."""
    counts = Counter(
        str(title)
        for s in items(graph)
        for title in graph.objects(s, DCT.title)
        if getattr(title, "language", "") == "vi"
    )
    for subject in items(graph):
        if any(counts[str(title)] > 1 for title in graph.objects(subject, DCT.title)):
            yield Finding(
                "title",
                name_of(subject),
                "Trùng tên với mục khác; thêm phạm vi vào tên",
                Severity.WARNING,
            )


def days_are_real(graph: Graph) -> Iterator[Finding]:
    """Days are xsd:date, times xsd:dateTime at +07:00; what is issued comes before what
    is changed.
    """
    for subject, predicate, value in graph:
        datatype = value.datatype if isinstance(value, Literal) else None
        is_day = datatype in (XSD.date, XSD.dateTime)
        if not is_day and predicate in (DCT.issued, DCT.modified):
            message = f"Ngày “{value}” không có kiểu ngày"
            yield Finding("day", name_of(str(subject)), message)
        elsewhere = datatype == XSD.dateTime and not str(value).endswith("+07:00")
        if isinstance(value, Literal) and is_day and (value.ill_typed or elsewhere):
            message = f"Ngày “{value}” không có thật hoặc thiếu +07:00"
            yield Finding("day", name_of(str(subject)), message)
    for subject in items(graph):
        issued = [str(day)[:10] for day in graph.objects(subject, DCT.issued)]
        modified = [str(day)[:10] for day in graph.objects(subject, DCT.modified)]
        if len(issued) != 1 or len(modified) != 1 or issued > modified:
            yield Finding(
                "day",
                name_of(subject),
                "Cần một ngày vào danh mục, một ngày sửa, và ngày sửa không "
                "trước ngày vào",
            )


def publishers_are_agencies(graph: Graph) -> Iterator[Finding]:
    """One publisher, an IRI, told on the page as an agency."""
    for subject in items(graph):
        publishers = list(graph.objects(subject, DCT.publisher))
        known = [
            publisher
            for publisher in publishers
            if (publisher, RDF.type, FOAF.Agent) in graph
            and (publisher, RDF.type, CV.PublicOrganisation) in graph
        ]
        if len(publishers) != 1 or known != publishers:
            yield Finding(
                "publisher",
                name_of(subject),
                "Cần đúng một cơ quan chủ quản, có trong danh mục cơ quan",
            )


def lists_are_known(graph: Graph) -> Iterator[Finding]:
    """What comes from a list is an IRI of that list: http for the EU's, https for
    IANA's; one EU theme at least.
    """
    lists: dict[URIRef, str] = {
        DCT.accrualPeriodicity: f"{AUTHORITY}frequency/",
        DCT.accessRights: f"{AUTHORITY}access-right/",
        DCT["format"]: f"{AUTHORITY}file-type/",
        DCAT.mediaType: IANA,
        DCATAP.availability: f"{AUTHORITY}planned-availability/",
    }
    for predicate, start in lists.items():
        for subject, value in graph.subject_objects(predicate):
            if not isinstance(value, URIRef) or not value.startswith(start):
                yield Finding(
                    "list",
                    name_of(str(subject)),
                    f"“{value}” phải là một IRI bắt đầu bằng {start}",
                )
    for subject in set(graph.subjects(RDF.type, DCAT.Dataset)):
        if not any(
            str(theme).startswith(f"{AUTHORITY}data-theme/")
            for theme in graph.objects(subject, DCAT.theme)
        ):
            yield Finding(
                "theme",
                name_of(subject),
                "Cần ít nhất một lĩnh vực của Liên minh châu Âu",
            )


def laws_and_licences_are_named(graph: Graph) -> Iterator[Finding]:
    """An original database names its legal basis; open data names its licence."""
    for subject in set(graph.subjects(RDF.type, DCAT.Dataset)):
        if not set(graph.objects(subject, DCATAP.applicableLegislation)) and not set(
            graph.objects(subject, DCT.provenance)
        ):
            yield Finding("law", name_of(subject), "Chưa nêu căn cứ pháp lý")
    for subject in set(graph.subjects(RDF.type, DCAT.Distribution)):
        if not {
            *graph.objects(subject, DCT.license),
            *graph.objects(subject, DCT.rights),
        }:
            yield Finding(
                "licence", name_of(str(subject)), "Dữ liệu mở chưa nêu giấy phép"
            )


def keywords_are_single(graph: Graph) -> Iterator[Finding]:
    """One keyword a value: a list in one text is one odd keyword to a harvester."""
    for subject, value in graph.subject_objects(DCAT.keyword):
        if re.search("[,;]", str(value)):
            yield Finding(
                "keyword",
                name_of(str(subject)),
                f"“{value}” là nhiều từ khóa trong một; tách mỗi từ một dòng",
                Severity.WARNING,
            )


def states_are_public(graph: Graph) -> Iterator[Finding]:
    """A record says that its entry is approved or suspended, nothing else."""
    for record in set(graph.subjects(RDF.type, DCAT.CatalogRecord)):
        states = {name_of(str(status)) for status in graph.objects(record, ADMS.status)}
        if len(states) != 1 or not states <= {"da-duyet", "tam-dung"}:
            yield Finding(
                "state",
                name_of(record),
                f"Trạng thái bản ghi là {', '.join(sorted(states)) or 'trống'}",
            )


def roles_are_single(graph: Graph) -> Iterator[Finding]:
    """No node is a scheme and a concept, or an agency's code and a concept, or a
    standard and a database.
    """
    for first, second in (
        (SKOS.ConceptScheme, SKOS.Concept),
        (ADMS.Identifier, SKOS.Concept),
        (DCT.Standard, DCAT.Dataset),
    ):
        for node in set(graph.subjects(RDF.type, first)) & set(
            graph.subjects(RDF.type, second)
        ):
            yield Finding(
                "roles",
                name_of(str(node)),
                f"Một nút mang hai vai: {name_of(first)} và {name_of(second)}",
            )


RULES: tuple[Callable[[Graph], Iterator[Finding]], ...] = (
    nodes_have_names,
    addresses_are_whole,
    texts_are_clean,
    items_are_whole,
    identifiers_are_plain,
    records_are_apart,
    languages_are_ours,
    titles_differ,
    days_are_real,
    publishers_are_agencies,
    lists_are_known,
    laws_and_licences_are_named,
    keywords_are_single,
    states_are_public,
    roles_are_single,
)


def items(graph: Graph) -> list[Node]:
    """Return the databases and services of a graph."""
    return sorted(
        {subject for kind in ITEMS for subject in graph.subjects(RDF.type, kind)},
        key=str,
    )


def name_of(iri: Node | str) -> str:
    """Return the end of an IRI, by which people know an entry."""
    text = str(iri)
    if "/id/" in text:
        text = text.partition("#")[0]  # a part is known by its entry
    return re.split("[/#]", text)[-1]


def _in_english(titles: list[Any]) -> bool:
    return any(getattr(title, "language", None) == "en" for title in titles)
