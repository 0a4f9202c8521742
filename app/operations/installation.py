"""What the faces and the service of operations need of an installation; and the
register, opened for one request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from app import journal
from app.config import Settings
from app.db import Database
from app.permissions import PUBLIC, Audience
from app.rdf.stores.port import TripleStore
from app.register.queries import Register
from app.register.standing import moment
from app.search.port import SearchIndex
from app.workflow.office import Office
from catalog_schema.profile import Profile


class Installation(Protocol):
    """What the faces and the service of operations need of the installation; the
    factory supplies it.
    """

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def profile(self) -> Profile:
        """The application profile."""
        ...

    @property
    def office(self) -> Office:
        """How the office works."""
        ...

    @property
    def key(self) -> bytes:
        """The installation's own secret."""
        ...

    @property
    def projections(self) -> tuple[journal.Projection, ...]:
        """Everything that follows the journal."""
        ...

    @property
    def store(self) -> TripleStore:
        """The triple store."""
        ...

    @property
    def index(self) -> SearchIndex:
        """The search index."""
        ...

    def migrate(self) -> None:
        """Bring the database to the newest schema; idempotent."""
        ...


@contextmanager
def open_register(
    installation: Installation,
    as_of: date | None,
    known_at: int | None,
    audience: Audience = PUBLIC,
) -> Iterator[Register]:
    """Open the register at a moment as an audience sees it, for the length of the
    block.
    """
    with installation.database.reading() as session:
        yield Register(
            session, installation.profile, moment(session, as_of, known_at), audience
        )
