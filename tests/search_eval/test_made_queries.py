"""Judges the search by queries that nobody chose: made by rule from what a register of thousands holds, on every engine.

`make nightly PART=search` prints the figures at 2,000 and 20,000 and leaves them in `docs/search-figures.md`; in CI a few
hundred databases stand for them on one engine.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import postgres
import pytest

from app.errors import MalformedError
from app.permissions import Audience
from app.register.queries import Register
from app.register.standing import moment
from app.search import opening, service
from app.search.projection import SearchProjection, weights
from catalog_schema.profile import Visibility
from search_eval.filled import fill, fill_abbreviated
from search_eval.made_queries import FIRST, Known, abbreviated, classes, sentences

LEAST = 0.95  # of the queries of a class
# 0.62 when they were tried the first time; what they taught was added afterwards
LEAST_OF = {"sentence, second set": 0.8}
SAMPLE, SAMPLED = 400, 15  # databases in CI, and queries of a class
MOST = 150
SIZES = [int(size) for size in os.environ.get("SEARCH_SIZES", "2000,20000").split(",")]
BACKENDS = {
    "whoosh": lambda folder: f"whoosh:{folder}/index",
    "tantivy": lambda folder: f"tantivy:{folder}/index",
    "postgresql": lambda _folder: postgres.create(),
}
PUBLIC_READER = Audience(Visibility.PUBLIC)
PAGE = Path(__file__).parents[2] / "docs" / "search-figures.md"


class Engine:
    """One engine over one register, asked as the search page asks."""

    def __init__(self, system, url):
        self.system = system
        self.index = opening.open_index(url, weights(system.profile))
        self.fill()

    def fill(self):
        """Index what the register holds now."""
        SearchProjection(self.system.profile, self.index).rebuild(
            self.system.database, lambda: None
        )

    def first(self, register, text, wanted):
        """Return what a text finds first."""
        try:
            page = service.search(
                register, self.index, text, wanted, limit=FIRST, facets=()
            )
        except MalformedError:
            return []
        return [view.id for view in page.items]

    def judged(self, asked, given, most):
        """Return by class the share of queries that are answered right, how many there were, and those that are not."""
        wanted = service.filters(self.system.profile, given)
        with self.system.database.reading() as session:
            register = Register(
                session, self.system.profile, moment(session), PUBLIC_READER
            )
            result = {}
            for name, queries in asked(Known(register, most)).items():
                wrong = [
                    one.text
                    for one in queries
                    if not one.is_found(self.first(register, one.text, wanted))
                ]
                share = 1 - len(wrong) / len(queries)
                result[name] = (share, len(queries), wrong)
        return result


def as_asked(known):
    """Return what officials ask in sentences, where nothing was made to be found by them."""
    second = list(sentences(known, "sentences_second.tsv"))
    return {"sentence": list(sentences(known)), "sentence, second set": second}


def by_name(known):
    """Return the queries that are made of names, those of short forms that nobody had seen too."""
    unseen = list(abbreviated(known, "abbreviations_unseen.tsv"))
    return {**classes(known), "abbreviation, unseen": unseen}


def figures_of(system, count, urls, most=MOST):
    """Fill a register and judge engines over it; return by engine the figures of each class."""
    fill(system, count)
    engines = {name: Engine(system, url) for name, url in urls.items()}
    # sentences first: a database of each subject that is abbreviated would answer some of them as well
    found = {name: each.judged(as_asked, {}, most) for name, each in engines.items()}
    fill_abbreviated(system)
    for name, engine in engines.items():
        engine.fill()
        found[name] |= engine.judged(by_name, {"scope": [service.EVERYWHERE]}, most)
        engine.index.close()
    return found


def shown(size, backend, found):
    """Return a row of the page of figures."""
    figures = " | ".join(f"{share:.2f} ({count})" for share, count, _ in found.values())
    return f"| {size:,} | {backend} | {figures} |"


def weak(found):
    """Return what is not answered of the classes of which too little is."""
    return {
        name: wrong
        for name, (share, _, wrong) in found.items()
        if share < LEAST_OF.get(name, LEAST)
    }


def test_in_a_few_hundred_databases_what_is_asked_comes_first(demo_copy, tmp_path):
    urls = {"whoosh": BACKENDS["whoosh"](tmp_path)}

    found = figures_of(demo_copy, SAMPLE, urls, SAMPLED)["whoosh"]

    print(shown(SAMPLE, "whoosh", found))
    assert weak(found) == {}
    assert all(count >= SAMPLED for _share, count, _wrong in found.values())


@pytest.mark.nightly("search")
@pytest.mark.parametrize("size", SIZES)
def test_in_thousands_of_databases_what_is_asked_comes_first_on_every_engine(
    demo_copy, tmp_path, size
):
    urls = {name: url(tmp_path / name) for name, url in BACKENDS.items()}

    found = figures_of(demo_copy, size, urls)

    rows = [shown(size, name, figures) for name, figures in found.items()]
    print(*rows, sep="\n")
    remember(list(found["whoosh"]), rows)
    assert {
        name: weak(figures) for name, figures in found.items() if weak(figures)
    } == {}


def remember(names, rows):
    """Keep the figures beside those of the last run."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    head = f"\n## {day}\n\n| databases | engine | {' | '.join(names)} |\n"
    line = f"|{'---|' * (len(names) + 2)}\n"
    with PAGE.open("a", encoding="utf-8") as page:
        page.write(head + line + "\n".join(rows) + "\n")
