"""Makes the files that harvesters ask for before they ask: the whole catalogue in each format, and what pages list.

A harvester that comes first after a change would otherwise wait while they are made.
"""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.permissions import PUBLIC
from app.rdf import dumps, feed, formats, oai
from app.register.queries import Register
from app.register.standing import Moment, moment
from catalog_schema.profile import Profile

QUIET = timedelta(minutes=1)  # since the last change: while people enter, each entry would make them all anew


def prepare(session: Session, profile: Profile, settings: Settings, beat: Callable[[], object]) -> int:
    """Make what is missing for today; return how many files. `beat` is called every so often.

    What is there already costs a look at its name.
    """
    register = Register(session, profile, moment(session), PUBLIC)
    _, changed = register.published()
    if changed is None or clock.now() - changed < QUIET:
        return 0
    before = _files(settings)
    row = feed.snapshot(register)
    seen = Register(session, profile, Moment(date.fromisoformat(feed.day_of(register, row)), row), PUBLIC)
    feed.prepare(seen, settings)
    with oai.listing(seen, settings):
        beat()
    for extension in formats.FORMATS:
        dumps.zipped(dumps.dump(register, settings, extension, beat=beat), beat)
    return len(_files(settings) - before)


def _files(settings: Settings) -> set[str]:
    return {str(path) for name in (dumps.FOLDER, feed.FOLDER) for path in (settings.data_dir / name).glob("*")}
