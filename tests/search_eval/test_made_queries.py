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
from search_eval.filled import fill
from search_eval.made_queries import FIRST, Known, abbreviated, classes, sentences

LEAST = 0.95  # of the queries of a class
SAMPLE = 400
SIZES = [int(size) for size in os.environ.get("SEARCH_SIZES", "2000,20000").split(",")]
BACKENDS = {
    "whoosh": lambda folder: f"whoosh:{folder}/index",
    "tantivy": lambda folder: f"tantivy:{folder}/index",
    "postgresql": lambda _folder: postgres.create(),
}
PAGE = Path(__file__).parents[2] / "docs" / "search-figures.md"


def shares(system, url, kept=None):
    """Return by class the share of queries that are answered right on an engine, and those that are not."""
    index = opening.open_index(url, weights(system.profile))
    SearchProjection(system.profile, index).rebuild(system.database, lambda: None)
    everywhere = service.filters(system.profile, {"scope": [service.EVERYWHERE]})
    found, missed = {}, {}
    with system.database.reading() as session:
        register = Register(
            session, system.profile, moment(session), Audience(Visibility.PUBLIC)
        )
        known = Known(register)

        def first(text):
            try:
                page = service.search(
                    register, index, text, everywhere, limit=FIRST, facets=()
                )
            except MalformedError:
                return []
            return [view.id for view in page.items]

        asked = {
            **classes(known),
            "abbreviation, unseen": list(
                abbreviated(known, "abbreviations_unseen.tsv")
            ),
            "sentence": list(sentences(known)),
        }
        for name, queries in asked.items():
            wrong = [one for one in queries if not one.is_found(first(one.text))]
            found[name] = (1 - len(wrong) / len(queries), len(queries))
            missed[name] = [one.text for one in wrong]
    index.close()
    return found, missed


def shown(size, backend, found):
    """Return a row of the page of figures."""
    figures = " | ".join(f"{share:.2f} ({count})" for share, count in found.values())
    return f"| {size:,} | {backend} | {figures} |"


def test_in_a_few_hundred_databases_what_is_asked_comes_first(demo_copy, tmp_path):
    fill(demo_copy, SAMPLE)

    found, missed = shares(demo_copy, BACKENDS["whoosh"](tmp_path))

    print(shown(SAMPLE, "whoosh", found))
    weak = {name: missed[name] for name, (share, _) in found.items() if share < LEAST}
    assert weak == {}
    assert all(count >= 30 for _share, count in found.values())


@pytest.mark.nightly("search")
@pytest.mark.parametrize("size", SIZES)
def test_in_thousands_of_databases_what_is_asked_comes_first_on_every_engine(
    demo_copy, tmp_path, size
):
    fill(demo_copy, size)
    rows, weak = [], {}
    for backend, url in BACKENDS.items():
        found, missed = shares(demo_copy, url(tmp_path / backend))
        rows.append(shown(size, backend, found))
        weak |= {
            (backend, name): missed[name]
            for name, (share, _count) in found.items()
            if share < LEAST
        }
        print(rows[-1], flush=True)
    remember(list(found), rows)
    assert weak == {}


def remember(names, rows):
    """Keep the figures beside those of the last run."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    head = f"\n## {day}\n\n| databases | engine | {' | '.join(names)} |\n"
    line = f"|{'---|' * (len(names) + 2)}\n"
    with PAGE.open("a", encoding="utf-8") as page:
        page.write(head + line + "\n".join(rows) + "\n")
