"""Judges every way to search by the same queries; `make search-eval` prints the figures."""

from functools import cache

import postgres
import pytest

from app.errors import MalformedError
from app.search import opening, spelling
from app.search.grammar import grammar_of
from app.search.port import IndexQuery
from app.search.projection import weights
from app.search.ranking import Ranking
from app.search.service import POOL
from catalog_schema.profile import Visibility
from search_eval.baselines import Fts5, PlainPostgresql
from search_eval.corpus import GENERATED, generated, loaded
from search_eval.judging import judge, queries

BACKENDS = {
    "whoosh": lambda folder: f"whoosh:{folder}/index",
    "tantivy": lambda folder: f"tantivy:{folder}/index",
    "postgresql": lambda _folder: postgres.create(),
}
PUBLIC = Visibility.PUBLIC


@pytest.fixture(scope="module")
def corpus(demo):
    found = [*loaded(demo), *((frozenset(), one) for one in generated(GENERATED))]
    return {one.id: keys for keys, one in found}, [one for _keys, one in found]


@pytest.fixture(scope="module")
def measure(corpus, demo, tmp_path_factory):
    """Give the figures of a way to search, by half and class, and over all; each is measured once."""
    keys, documents = corpus

    @cache
    def measured(name):
        with opened(name) as find:
            rows = [
                (query, [keys[found] for found in find(query.text)])
                for query in queries()
            ]
        result = {}
        for half in ("tune", "test"):
            mine = [row for row in rows if row[0].half == half]
            for group in dict.fromkeys(query.group for query, _found in mine):
                result[half, group] = judge(
                    [row for row in mine if row[0].group == group], list(keys.values())
                )
            result[half, "all"] = judge(mine, list(keys.values()))
        print(f"\n{name}")
        for (half, group), figures in result.items():
            print(
                f"  {half:<5}{group:<14} nDCG@10 {figures.ndcg:.3f}  MRR {figures.mrr:.3f}  s@3 {figures.success:.3f}"
            )
        return result

    def opened(name):
        if name == "SQLite FTS5":
            return Fts5(documents)
        if name == "PostgreSQL as it comes":
            return PlainPostgresql(postgres.create(), documents)
        return Backend(
            BACKENDS[name](tmp_path_factory.mktemp(name)), demo.profile, documents
        )

    return measured


class Backend:
    """A backend, searched as the service does: the index finds, the ranking orders, what was meant is tried."""

    def __init__(self, url, profile, documents):
        self.index = opening.open_index(url, weights(profile))
        self.index.rebuild(documents)
        self.profile = profile
        self.grammar = grammar_of(profile, PUBLIC)

    def __enter__(self):
        return self.find

    def __exit__(self, *_):
        self.index.close()

    def find(self, text):
        try:
            query = self.grammar.parse(text)
        except MalformedError:
            return []
        found = self._ranked(query)
        if not found:
            respelled = spelling.likely(
                query, lambda words: self.index.known(words, PUBLIC)
            )
            tried = (self._ranked(self.grammar.parse(text)) for text in respelled)
            found = next(filter(None, tried), [])
        return found[:10]

    def _ranked(self, query):
        hits = self.index.search(IndexQuery(query), POOL).hits
        return [one.hit.id for one in Ranking(query, PUBLIC).best_first(hits)]


def test_every_answer_is_a_document(corpus):
    known = frozenset().union(*corpus[0].values())

    assert sorted({key for query in queries() for key in query.grades} - known) == []
    assert len(queries()) >= 150


@pytest.mark.nightly("search")
@pytest.mark.parametrize("backend", list(BACKENDS))
def test_what_people_look_for_is_among_the_first_three(measure, backend):
    found, bases = (
        measure(backend),
        [measure(name) for name in ("SQLite FTS5", "PostgreSQL as it comes")],
    )
    for (half, group), figures in found.items():
        if half == "test":
            assert (figures.success, figures.mrr) >= (0.95, 0.9), group
            assert figures.mrr >= 0.9, group
            assert all(figures.mrr >= base[half, group].mrr for base in bases), group
            assert all(
                figures.success >= base[half, group].success for base in bases
            ), group
    assert all(found["test", "all"].ndcg > base["test", "all"].ndcg for base in bases)


@pytest.mark.nightly("search")
def test_the_backends_find_alike(measure):
    for key, figures in measure("whoosh").items():
        for backend in ("tantivy", "postgresql"):
            assert abs(measure(backend)[key].mrr - figures.mrr) <= 0.03, key
            assert abs(measure(backend)[key].success - figures.success) <= 0.03, key
