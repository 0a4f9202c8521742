"""Keeps the triple store in step with the journal: a graph for each entry that is
listed, one for the catalogue.
"""

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from rdflib import Literal, URIRef
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Database
from app.permissions import PUBLIC
from app.rdf.publishing import catalogue, representations
from app.rdf.stores.port import TripleStore
from app.rdf.writing import formats, records
from app.register.filters import Filter
from app.register.queries import Register
from app.register.standing import Standing, moment
from catalog_schema import publication
from catalog_schema.namespaces import OWL
from catalog_schema.profile import Profile

_BATCH = 500


class TriplesProjection:
    """What queries see: the catalogue as the whole dump has it, reference entries too,
    an entry a graph.
    """

    name = "triples"

    def __init__(
        self, profile: Profile, settings: Settings, store: TripleStore
    ) -> None:
        self.profile = profile
        self.settings = settings
        self.store = store
        self._checked = False

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Have the store hold what these entries are today."""
        with database.reading() as session:
            register = Register(session, self.profile, moment(session), PUBLIC)
            self.store.replace(
                dict(self._graphs(register, register.standings_of(entries)))
            )
            self.store.replace(dict([self._catalogue(register)]))
        self.store.publish()

    def sound(self) -> bool:
        """Tell whether the store can be relied on: it can be read, and was made under
        this profile.
        """
        if not self.store.sound():
            return False
        if not self._checked:
            name, text = self._profile()
            self._checked = self.store.graph(name) == text
        return self._checked

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Write every graph anew and remove those that should not be.

        Readers of a folder see the former state until the end.
        """
        names = set[str]()
        with database.reading() as session:
            register = Register(session, self.profile, moment(session), PUBLIC)
            for graphs in self._batches(register):
                self.store.replace(graphs)
                names |= {name for name, text in graphs.items() if text}
                beat()
        self.store.publish()
        self.store.replace(dict.fromkeys(sorted(self.store.names() - names), ""))
        self.store.publish()
        self._checked = True

    def clear(self, _database: Database) -> None:
        """Forget the store."""
        self.store.clear()

    def missing(self, session: Session) -> list[str]:
        """Return the names of graphs that are not what they should be, or should not be
        there.
        """
        register = Register(session, self.profile, moment(session), PUBLIC)
        strays, wrong = self.store.names(), list[str]()
        for graphs in self._batches(register):
            wrong += [
                name for name, text in graphs.items() if self.store.graph(name) != text
            ]
            strays -= graphs.keys()
        return [name.rpartition("/")[2] for name in [*wrong, *sorted(strays)]]

    def _batches(self, register: Register) -> Iterator[dict[str, str]]:
        yield dict([self._catalogue(register), self._profile()])
        standings = list(register.standings(Filter()))
        for start in range(0, len(standings), _BATCH):
            yield dict(self._graphs(register, standings[start : start + _BATCH]))

    def _graphs(
        self, register: Register, standings: Sequence[Standing]
    ) -> Iterator[tuple[str, str]]:
        blocks = representations.blocks(register, standings, "nt")
        for standing, block in zip(standings, blocks, strict=True):
            shown = (
                records.link(self.profile.kinds[standing.kind]) is None
                or standing.state in records.LISTED
            )
            yield (
                str(records.record_iri(self.profile, standing)),
                block.text.decode() if shown else "",
            )

    def _catalogue(self, register: Register) -> tuple[str, str]:
        """Return the graph of what the catalogue says of itself."""
        graph = catalogue.description(register, self.settings)
        return str(records.catalogue_iri(self.profile)), formats.canonical(graph)

    def _profile(self) -> tuple[str, str]:
        """Return the graph of the profile: every code list, and which version of both
        made the other graphs.
        """
        node, lists = (
            URIRef(f"{self.profile.base}/{publication.WORD}"),
            self.profile.lists,
        )
        graph = lists.describe(set(lists.iris())) + publication.standard(
            self.profile.base
        )
        graph.add((node, OWL.versionInfo, Literal(records.stamp(self.profile))))
        return str(node), formats.canonical(graph)
