"""The top floor: puts the parts together, for the command line and for WSGI servers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from app import clock, config, jobs, journal, migrations, succession
from app.accounts import retention, rights_review, signing_key
from app.config import Settings
from app.db import Database
from app.documents.tables import code_list_of_day
from app.exchange.cases import settling
from app.migrations import tables
from app.notify import letters, mail, notices, reminders, searches
from app.operations import audits, health
from app.permissions import PUBLIC
from app.rdf.publishing import file_preparation
from app.rdf.publishing.representations import RdfProjection
from app.rdf.publishing.store_projection import TriplesProjection
from app.rdf.stores.opening import open_store
from app.rdf.stores.port import TripleStore
from app.register import service as register
from app.register.queries import Register
from app.register.standing import moment
from app.search import news, opening
from app.search.port import SearchIndex
from app.search.projection import SearchProjection, weights
from app.succession import codes_below, execute
from app.workflow.consultations import service as consultations
from app.workflow.office import Office
from app.workflow.proposals import lifecycle
from app.workflow.time import clocks, terms, working_days
from catalog_schema import profile as profiles
from catalog_schema.profile import Profile

_log = structlog.get_logger()


@dataclass(frozen=True)
class System:
    """One installation: its settings and the parts made from them, each when it is
    first used.
    """

    settings: Settings

    @cached_property
    def database(self) -> Database:
        """The register's database."""
        opened = Database(self.settings.database_url, tables.metadata)
        # the index lies beside the register: it is never behind
        if self.settings.search_url == "postgresql:":
            opened.before_commit = self.search_projection.within
        return opened

    @cached_property
    def profile(self) -> Profile:
        """The application profile, for this base address."""
        return profiles.load(self.settings.base_uri)

    @cached_property
    def index(self) -> SearchIndex:
        """The search index."""
        url = self.settings.search_url
        return opening.open_index(
            self.settings.database_url if url == "postgresql:" else url,
            weights(self.profile),
        )

    @cached_property
    def search_projection(self) -> SearchProjection:
        """The projection that keeps the index."""
        return SearchProjection(self.profile, self.index)

    @cached_property
    def rdf_projection(self) -> RdfProjection:
        """The projection that keeps the representations."""
        return RdfProjection(self.profile)

    @cached_property
    def store(self) -> TripleStore:
        """The triple store."""
        url = (
            self.settings.store_url or f"oxigraph:{self.settings.data_dir / 'triples'}"
        )
        return open_store(url, self.settings.bases)

    @cached_property
    def triples_projection(self) -> TriplesProjection:
        """The projection that keeps the triple store."""
        return TriplesProjection(self.profile, self.settings, self.store)

    @cached_property
    def key(self) -> bytes:
        """The installation's own secret."""
        return signing_key.signing_key(self.settings.data_dir)

    @cached_property
    def office(self) -> Office:
        """How the office works."""
        return Office(
            consequences={
                succession.KIND: succession.Succession(self.profile),
                codes_below.KIND: codes_below.Closing(self.profile),
            },
            calendar=working_days.load(self.settings.working_days),
            terms=terms.load(
                self.settings.deadlines,
                self.settings.review_days,
                self.settings.request_days,
                self.settings.obstacle_days,
            ),
            steps=frozenset(map(lifecycle.Step, self.settings.steps)),
            promulgated=self._promulgated(),
            demonstration=self.settings.demonstration,
            province=self.settings.province,
        )

    def _promulgated(self) -> frozenset[str]:
        """Return the kinds that enter by a decision: those of the profile, or those
        that the settings name.
        """
        named = self.settings.promulgate
        if named is None:
            return frozenset(
                kind.name
                for kind in self.profile.kinds.values()
                if kind.entered_by == "decision"
            )
        return frozenset(named)

    @property
    def daily(self) -> dict[str, jobs.Daily]:
        """What is done once for each day."""
        return {
            "announce-day": register.announce_day,
            "forget-old": lambda session, day: retention.forget_old(
                session, self.settings, day
            ),
            "lapse-consultations": consultations.lapse,
            "finish-cases": self._finish_cases,
            "sign-codes": self._sign_codes,
            "settle-terms": lambda session, _day: clocks.settle(session, self.office),
            "remind-due": self._remind,
            "summarise": lambda session, day: letters.summarise(
                session, self.settings, day
            ),
            "remind-unused": lambda session, day: letters.remind_unused(
                session, self.settings, day
            ),
            "note-head": lambda session, _day: audits.note_head(
                session, self.settings.data_dir
            ),
            "disable-unused": lambda session, day: rights_review.disable_unused(
                session, self.settings, day
            ),
        }

    def _sign_codes(self, session: Session, day: date) -> None:
        # the lists of nights that were slept through are asked for by their day
        if day == clock.today():
            register = Register(session, self.profile, moment(session, day), PUBLIC)
            code_list_of_day.keep(
                self.settings.data_dir / code_list_of_day.FOLDER, register, self.key
            )

    def _finish_cases(self, session: Session, day: date) -> None:
        settling.finish(session, self.profile, day)

    def _remind(self, session: Session, day: date) -> None:
        # what a day said that nobody was there to say is no news
        if day == clock.today():
            reminders.remind(session, self.profile, self.office, self.settings, day)

    @property
    def projections(self) -> tuple[journal.Projection, ...]:
        """Everything that follows the journal."""
        return (self.search_projection, self.rdf_projection, self.triples_projection)

    def migrate(self) -> None:
        """Bring the database to the newest schema; idempotent."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrations.upgrade(self.database)

    def do_due(self) -> None:
        """Do what falls on today, or fell on days when nobody did it; nothing while the
        day is doubted.
        """
        doubt = jobs.doubt(self.database)
        if doubt is not None:
            _log.error(
                "the clock has jumped: daily work waits for “danhmuc confirm-day”",
                last=str(doubt.last),
                today=str(doubt.today),
            )
            return
        settle = partial(execute.settle, self.profile)
        jobs.each(self.database, "successions", execute.due, settle)
        jobs.tick(self.database, self.daily)

    def follow(self, beat: Callable[[], object] = lambda: None) -> int:
        """Do what is due today, send letters, bring every projection up to date; return
        how many rows were read.
        """
        self.do_due()
        read = sum(
            self._project(projection, beat)
            for projection in (self.search_projection, self.rdf_projection)
        )
        # on a server of its own, it may be down: the others do not wait for it
        if not self.store.resting():
            read += jobs.tried(
                "triples", partial(self._project, self.triples_projection, beat)
            )
        tell = partial(
            searches.tell, self.settings, partial(news.news, self.profile, self.index)
        )
        # the index has followed by now
        jobs.each(self.database, "tell-searches", searches.due, tell)
        jobs.tried(
            "notices",
            partial(notices.follow, self.database, self.profile, self.settings),
        )
        jobs.tried("mail", partial(mail.send_waiting, self.database, self.settings))
        # last, since it may take a while
        jobs.tried("harvest-files", partial(self._prepare, beat))
        return read

    def _prepare(self, beat: Callable[[], object]) -> int:
        with self.database.reading() as session:
            return file_preparation.prepare(session, self.profile, self.settings, beat)

    def close(self) -> None:
        """Give back connections and processes; what is used afterwards opens new
        ones.
        """
        self.store.close()
        self.index.close()
        self.database.engine.dispose()

    def _project(
        self, projection: journal.Projection, beat: Callable[[], object]
    ) -> int:
        """Bring a projection up to date, made anew where it cannot be relied on; return
        how many rows were read.
        """
        if not projection.sound():
            _log.warning("a projection is built anew", projection=projection.name)
            journal.rebuild(self.database, projection, beat)
        return journal.follow(self.database, projection, beat=beat)


def create_app(system: System | None = None) -> Flask:
    """Return the WSGI application; SetupError when the installation is not ready to
    serve.
    """
    from app import api, web  # noqa: PLC0415 - the command line starts without Flask's faces
    from app.web.http import request_log  # noqa: PLC0415 - the same

    system = system or System(config.load())
    health.require_safe(system)
    flask = Flask("danhmuc", static_folder=None)
    # before every door, so that what is refused is noted too
    request_log.install(flask, system)
    api.install(flask, system)
    web.install(flask, system)
    return flask
