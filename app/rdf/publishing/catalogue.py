"""The register as one dcat:Catalog: what it says of itself, and its entries in order of
(issued, identifier).

What a moment lists is decided here; `dumps` writes the whole of it, `feed` a page.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from rdflib import Graph, Literal, URIRef
from sqlalchemy import and_

from app.config import Settings
from app.errors import NotFoundError
from app.rdf.publishing import representations
from app.rdf.publishing.representations import CatalogueBlock
from app.rdf.writing import formats, records
from app.rdf.writing.records import LISTED
from app.register import references as register_references
from app.register.content import facts
from app.register.filters import Filter
from app.register.models import Fact
from app.register.queries import Register
from catalog_schema import profile as profiles
from catalog_schema import publication
from catalog_schema.namespaces import DCAT, DCT, FOAF, RDF, new_graph
from catalog_schema.profile import Profile

# what other bodies register
REFERENCE = and_(Fact.field == "record_kind", Fact.value == facts.REFERENCE)
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_VIETNAMESE = "http://publications.europa.eu/resource/authority/language/VIE"
_SEEN = 1000  # sets of names that are not looked through twice
_COUNTRY = "http://publications.europa.eu/resource/authority/country/VNM"


class Told(NamedTuple):
    """An entry with its block, and the entries that say something of it."""

    iri: str
    block: CatalogueBlock
    tellers: Sequence[UUID]


def members(register: Register, *, everything: bool) -> Iterator[tuple[str, str]]:
    """Return what the catalogue links, databases and services in force or suspended:
    ids in hexadecimal, and kinds.

    `everything`: reference ones too, which other bodies register.
    """
    kinds = tuple(
        kind.name
        for kind in register.profile.kinds.values()
        if records.link(kind) is not None
    )
    left_out = (
        set() if everything else {reference.hex for reference in references(register)}
    )
    return (
        key for key in register.keys(Filter(kinds, LISTED)) if key[0] not in left_out
    )


def references(register: Register) -> set[UUID]:
    """Return the entries about what other bodies register."""
    return register_references.entries_that_hold(register, REFERENCE)


def served(register: Register) -> dict[UUID, set[UUID]]:
    """Return for each service the databases that it serves at the moment (DCAT 3
    §6.9).
    """
    names = {
        name
        for kind in register.profile.kinds.values()
        for name, f in kind.walk()
        if f.path == DCAT.servesDataset
    }
    datasets: dict[UUID, set[UUID]] = {}
    for service, database in register_references.holding(
        register, Fact.field.in_(names)
    ):
        datasets.setdefault(service, set()).add(database)
    return datasets


def told_of(register: Register, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return for some of these the entries that say something of them: an agency's
    codes, which name their holder.
    """
    names = {name for name, _ in records.inverses(register.profile)}
    tellers: dict[UUID, list[UUID]] = {}
    for teller, named_id in sorted(register_references.naming(register, ids, names)):
        tellers.setdefault(named_id, []).append(teller)
    return tellers


def around(register: Register, ids: Sequence[UUID], extension: str) -> dict[UUID, Told]:
    """Return these entries, and what they and those name in turn but other members of
    the catalogue.

    An agency comes with its codes, which name it.
    """
    kinds, blocks_of, seen = register.profile.kinds, dict[UUID, Told](), set[str]()
    latest = register.standings_of(ids)
    while latest:
        about = told_of(register, [standing.id for standing in latest])
        blocks = list(representations.blocks(register, latest, extension))
        for standing, block in zip(latest, blocks, strict=True):
            blocks_of[standing.id] = Told(
                standing.iri, block, about.get(standing.id, ())
            )
        named = set[str]().union(*(block.named for block in blocks)) - seen
        seen |= named
        more = [
            id_
            for id_ in {*register.ids_of(sorted(named)), *chain(*about.values())}
            if id_ not in blocks_of
        ]
        latest = [
            standing
            for standing in register.standings_of(more)
            if records.link(kinds[standing.kind]) is None
        ]
    return blocks_of


def listed(
    register: Register, extension: str, *, everything: bool
) -> Iterator[CatalogueBlock]:
    """Yield `members`, and every agency, code, standard and law: these stay when they
    have ended, to be resolvable.
    """
    kinds = register.profile.kinds.values()
    own = tuple(kind.name for kind in kinds if records.link(kind) is not None)
    around = tuple(kind.name for kind in kinds if records.link(kind) is None)
    left_out = set() if everything else references(register)
    yield from representations.whole(register, Filter(own, LISTED), extension, left_out)
    yield from representations.whole(register, Filter(around), extension)


def stream(
    register: Register, settings: Settings, extension: str, *, everything: bool = False
) -> Iterator[bytes]:
    """Yield the whole catalogue in one format; the same moment gives the same text,
    whatever the process.

    What it holds in memory does not grow with the number of entries, but for the
    concepts that they name.
    """
    return formats.FORMATS[extension].document(
        _blocks(register, settings, extension, everything)
    )


def some(register: Register, extension: str, ids: Sequence[UUID]) -> Iterator[bytes]:
    """Yield these entries, as they stand at the moment, in one format, with the
    concepts that they name.
    """
    blocks = representations.blocks(register, register.standings_of(ids), extension)
    return formats.FORMATS[extension].document(
        _with_concepts(register.profile, extension, new_graph(), blocks)
    )


def _blocks(
    register: Register,
    settings: Settings,
    extension: str,
    everything: bool,  # noqa: FBT001 - inner
) -> Iterator[bytes]:
    head = description(register, settings)
    yield formats.FORMATS[extension].block(formats.of(head))
    yield from _with_concepts(
        register.profile,
        extension,
        head,
        listed(register, extension, everything=everything),
    )


def _with_concepts(
    profile: Profile, extension: str, head: Graph, blocks: Iterable[CatalogueBlock]
) -> Iterator[bytes]:
    """Yield the texts of blocks, then what is said of the concepts that they and the
    head name.
    """
    every, seen = profile.lists.iris(), set[str]()
    mentioned = every & named(head)
    for block in blocks:
        if block.names not in seen:
            if len(seen) == _SEEN:
                seen.clear()
            seen.add(block.names)
            mentioned |= every & block.named
        yield block.text
    yield concepts(profile.base, extension, mentioned)


def named(graph: Graph) -> set[str]:
    """Return the IRIs that a graph names."""
    return {str(node) for node in graph.objects() if isinstance(node, URIRef)}


@lru_cache(maxsize=1000)
def concepts(base: str, extension: str, iris: frozenset[str]) -> bytes:
    """Return what is said of concepts, and of the profile, in a format; kept, since
    pages name the same ones.
    """
    graph = profiles.load(base).lists.describe(set(iris)) + publication.standard(base)
    return formats.FORMATS[extension].block(formats.of(graph))


def digest(register: Register, settings: Settings) -> str:
    """Name what the bytes depend on besides the moment: profile, writer, and the
    settings that are shown.
    """
    shown = (
        f"{records.stamp(register.profile)} {settings.province(register.at.as_of)} "
        f"{settings.publisher_code}"
    )
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def description(register: Register, settings: Settings) -> Graph:
    """Return what the catalogue says of itself, without its links."""
    profile, node, graph = (
        register.profile,
        records.catalogue_iri(register.profile),
        new_graph(),
    )
    graph.add((node, RDF.type, DCAT.Catalog))
    graph.add((node, DCT.identifier, Literal("dung-chung")))
    for predicate, value in texts(settings, register.at.as_of):
        graph.add((node, predicate, Literal(value, lang="vi")))
    for predicate, target in (
        (DCT.language, _VIETNAMESE),
        (DCT.spatial, _COUNTRY),
        (DCAT.themeTaxonomy, _THEMES),
        (DCT.conformsTo, f"{profile.base}/{publication.WORD}"),
        (FOAF.homepage, f"{profile.base}/"),
    ):
        graph.add((node, predicate, URIRef(target)))
    graph.add((URIRef(f"{profile.base}/"), RDF.type, FOAF.Document))
    _, modified = register.published()
    if modified is not None:
        graph.add((node, DCT.modified, records.instant(modified)))
    published_by = publisher(register, settings)
    if published_by:
        graph.add((node, DCT.publisher, URIRef(published_by)))
    return graph


def texts(settings: Settings, day: date) -> list[tuple[URIRef, str]]:
    """Return the catalogue's title and description, in Vietnamese."""
    province = settings.province(day)
    name = f"{province.type} {province.name}"
    return [
        (DCT.title, f"Danh mục cơ sở dữ liệu dùng chung {name}"),
        (
            DCT.description,
            (
                "Cơ sở dữ liệu dùng chung, cơ quan, mã định danh, tiêu chuẩn dữ "
                f"liệu và văn bản của {name}."
            ),
        ),
    ]


def publisher(register: Register, settings: Settings) -> str | None:
    """Return the IRI of the agency that holds the configured code, None while nobody
    does: the catalogue cannot conform to its profile until then.
    """
    try:
        code = register.get("identifier-code", settings.publisher_code)
    except NotFoundError:
        return None
    holder = code.content.get("holder")
    return None if holder is None else records.Names(register.iris([code])).iri(holder)
