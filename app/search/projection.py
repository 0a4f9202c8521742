"""Keeps the index in step with the journal: the profile says which texts are found, and how much each weighs."""

from collections.abc import Callable, Iterator, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import Database
from app.permissions import Audience
from app.register import content as contents
from app.register.queries import EntryView, Filter, Register
from app.register.standing import moment
from app.search.port import Document, SearchIndex
from catalog_schema.profile import Profile, Visibility

_BATCH = 500
IDENTIFIER_WEIGHT = 5.0
_EVERYTHING = Audience(Visibility.OWNER)  # the index holds all; a search names the fields its reader may see


def weights(profile: Profile) -> Mapping[str, float]:
    """Return the searchable fields of every kind by dotted name; a name that two kinds share has its larger weight."""
    found: dict[str, float] = {"identifier": IDENTIFIER_WEIGHT}
    for kind in profile.kinds.values():
        for dotted, field in kind.walk():
            if field.search_weight:
                found[dotted] = max(field.search_weight, found.get(dotted, 0))
    return found


def document(profile: Profile, view: EntryView) -> Document:
    """Return what is indexed of an entry."""
    texts: dict[str, list[str]] = {"identifier": [view.local_id]}
    for dotted, _, text in contents.texts(profile.kinds[view.kind].fields, view.content):
        texts.setdefault(dotted, []).append(text)
    return Document(view.id, view.version_id, {name: tuple(found) for name, found in texts.items()})


class SearchProjection:
    """The search index, following the journal."""

    name = "search"

    def __init__(self, profile: Profile, index: SearchIndex) -> None:
        self.profile = profile
        self.index = index

    def apply(self, database: Database, entries: list[UUID]) -> None:
        """Index what these entries are today; an entry that the register does not hold is removed."""
        with database.reading() as session:
            register = Register(session, self.profile, moment(session), _EVERYTHING)
            views = register.by_ids(entries)
        documents = [document(self.profile, view) for view in views.values()]
        self.index.write(documents, [entry for entry in entries if entry not in views])

    def sound(self) -> bool:
        """Tell whether the index can be relied on."""
        return self.index.sound()

    def rebuild(self, database: Database, beat: Callable[[], object]) -> None:
        """Index everything anew, beside the present index, and put it in its place at once."""
        with database.reading() as session:
            register = Register(session, self.profile, moment(session), _EVERYTHING)
            self.index.rebuild(self._documents(register, sorted(register.ids(Filter())), beat))

    def _documents(self, register: Register, ids: list[UUID], beat: Callable[[], object]) -> Iterator[Document]:
        for start in range(0, len(ids), _BATCH):
            beat()
            for view in register.by_ids(ids[start : start + _BATCH]).values():
                yield document(self.profile, view)

    def clear(self, _database: Database) -> None:
        """Forget the index."""
        self.index.clear()

    def missing(self, session: Session) -> list[str]:
        """Return the identifiers of entries whose present version is not what is indexed, and ids of strays."""
        register = Register(session, self.profile, moment(session), _EVERYTHING)
        indexed = self.index.versions()
        views = register.all(Filter())
        stale = [view.local_id for view in views if indexed.pop(view.id, None) != view.version_id]
        return stale + [str(entry_id) for entry_id in indexed]
