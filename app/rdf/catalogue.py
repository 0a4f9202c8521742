"""The whole register as one dcat:Catalog: kept triples one after the other, in order of (issued, identifier)."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from rdflib import Graph, Literal, URIRef

from app.config import Settings
from app.errors import NotFoundError
from app.rdf import formats, projection, records
from app.rdf.records import DATASET, PROFILE_WORD
from app.register.queries import EntryView, Filter, Register
from app.register.standing import State
from catalog_schema.namespaces import DCAT, DCT, FOAF, RDF, SKOS, new_graph
from catalog_schema.profile import Profile

WORD = "danh-muc/dung-chung"
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_VIETNAMESE = "http://publications.europa.eu/resource/authority/language/VIE"
_COUNTRY = "http://publications.europa.eu/resource/authority/country/VNM"
_LISTED = (State.IN_FORCE, State.SUSPENDED)


def iri(profile: Profile) -> URIRef:
    """Return the IRI of the catalogue."""
    return URIRef(f"{profile.base}/id/{WORD}")


def listed(register: Register) -> list[EntryView]:
    """Return what the catalogue holds: databases in force or suspended, and every agency, code, standard and law.

    The latter stay when they have ended, because what they name must stay resolvable.
    """
    return [view for view in register.all(Filter()) if view.kind != DATASET or view.state in _LISTED]


def export(register: Register, settings: Settings, extension: str) -> bytes:
    """Return the catalogue's bytes in one format; equal for an equal moment, whatever the process."""
    written = formats.FORMATS[extension].write
    return written(formats.triples("".join(_blocks(register, settings))))


def cached(register: Register, settings: Settings, extension: str) -> bytes:
    """Return `export()`'s bytes, kept in a file per state of the register that is swapped in whole."""
    path = settings.data_dir / "dumps" / f"{_name(register, settings)}.{extension}"
    with suppress(FileNotFoundError):
        return path.read_bytes()
    body = export(register, settings, extension)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as temporary:
        temporary.write(body)
    Path(temporary.name).replace(path)
    _forget_old(path.parent)
    return body


def _name(register: Register, settings: Settings) -> str:
    """Name what the bytes depend on: day, state of the register, profile, writer, and the settings shown."""
    seq, _ = register.published()
    shown = f"{records.stamp(register.profile)} {settings.province(register.at.as_of)} {settings.publisher_code}"
    return f"{register.at.as_of}-{seq}-{hashlib.sha256(shown.encode()).hexdigest()[:12]}"


def _forget_old(folder: Path, keep: int = 40) -> None:
    with suppress(FileNotFoundError):  # another thread forgets too
        files = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[keep:]:
            path.unlink(missing_ok=True)


def _blocks(register: Register, settings: Settings) -> Iterator[str]:
    views = listed(register)
    head = _head(register, settings, views)
    yield formats.canonical(head)
    mentioned = new_graph()
    for text in projection.own_triples(register, views):
        yield text
        _mention(mentioned, text)
    yield formats.canonical(records.background(register.profile, head + mentioned))


def _mention(graph: Graph, text: str) -> None:
    """Note the IRIs that a block names as objects, to know which concepts to describe."""
    for line in text.removesuffix("\n").split("\n"):  # not splitlines: a literal may hold other separators
        last = line.rsplit(" ", 2)[-2]
        if last.startswith("<"):
            graph.add((URIRef("urn:x"), RDF.value, URIRef(last[1:-1])))


def _head(register: Register, settings: Settings, views: list[EntryView]) -> Graph:
    profile, node, graph = register.profile, iri(register.profile), new_graph()
    datasets = [view for view in views if view.kind == DATASET]
    graph.add((node, RDF.type, DCAT.Catalog))
    graph.add((node, DCT.identifier, Literal("dung-chung")))
    for predicate, value in _texts(settings, register.at.as_of):
        graph.add((node, predicate, Literal(value, lang="vi")))
    for predicate, target in (
        (DCT.language, _VIETNAMESE),
        (DCT.spatial, _COUNTRY),
        (DCAT.themeTaxonomy, _THEMES),
        (DCT.conformsTo, f"{profile.base}/{PROFILE_WORD}"),
        (FOAF.homepage, f"{profile.base}/"),
    ):
        graph.add((node, predicate, URIRef(target)))
    graph.add((URIRef(f"{profile.base}/"), RDF.type, FOAF.Document))
    graph += _scheme(profile, _THEMES)
    _, modified = register.published()
    if modified is not None:
        graph.add((node, DCT.modified, records.instant(modified)))
    _publisher(graph, node, register, settings)
    for view in datasets:
        graph.add((node, DCAT.dataset, URIRef(view.iri)))
        graph.add((node, DCAT.record, records.record_iri(profile, view)))
    return graph


def _texts(settings: Settings, day: date) -> list[tuple[URIRef, str]]:
    province = settings.province(day)
    name = f"{province.type} {province.name}"
    return [
        (DCT.title, f"Danh mục cơ sở dữ liệu dùng chung {name}"),
        (
            DCT.description,
            f"Cơ sở dữ liệu dùng chung, cơ quan, mã định danh, tiêu chuẩn dữ liệu và văn bản của {name}.",
        ),
    ]


def _scheme(profile: Profile, scheme: str) -> Graph:
    graph = new_graph()
    for triple in profile.lists.graph.triples((URIRef(scheme), None, None)):
        if triple[1] in (RDF.type, DCT.title) and triple[2] != SKOS.Concept:
            graph.add(triple)
    return graph


def _publisher(graph: Graph, node: URIRef, register: Register, settings: Settings) -> None:
    """Name the agency that holds the configured code; the profile cannot conform while nobody holds it."""
    try:
        code = register.get("identifier-code", settings.publisher_code)
    except NotFoundError:
        return
    target = records.Names(register.iris([code])).iri(code.content.get("holder", str(code.id)))
    if target:
        graph.add((node, DCT.publisher, URIRef(target)))
