"""Makes the files that harvesters ask for before they ask: the whole catalogue in each
format, and what pages list.

A harvester that comes first after a change would otherwise wait while they are made.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.permissions import PUBLIC
from app.rdf.publishing import dumps, feed, oai
from app.rdf.writing import formats
from app.register.queries import Register
from app.register.standing import moment
from catalog_schema.profile import Profile

# since the last change: while people enter, each entry would make them all anew
QUIET = timedelta(minutes=1)


def prepare(
    session: Session, profile: Profile, settings: Settings, beat: Callable[[], object]
) -> int:
    """Make one of the files that are missing for today, if any is; return how many were
    made.

    One at a time, so that what enters meanwhile waits for one file and not for all.
    `beat` is called every so often.
    """
    register = Register(session, profile, moment(session), PUBLIC)
    _, changed = register.published()
    if changed is None or clock.now() - changed < QUIET:
        return 0
    before = _files(settings)
    for _ in _steps(register, settings, beat):
        if _files(settings) != before:
            return 1
    return 0


def _steps(
    register: Register, settings: Settings, beat: Callable[[], object]
) -> Iterator[None]:
    """See to one file after another; what is there already costs a look at its name."""
    pages = Register(
        register.session, register.profile, feed.snapshot(register), PUBLIC
    )
    feed.prepare(pages, settings)
    yield
    with oai.listing(pages, settings):
        yield
    with oai.departures(pages, settings):
        yield
    for extension in formats.FORMATS:
        plain = dumps.dump(register, settings, extension, beat=beat)
        yield
        dumps.zipped(plain, beat)
        yield


def _files(settings: Settings) -> set[str]:
    return {
        str(path)
        for name in (dumps.FOLDER, feed.FOLDER)
        for path in (settings.data_dir / name).glob("*")
    }
