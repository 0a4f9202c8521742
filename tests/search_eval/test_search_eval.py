"""Judges every way to search by the same queries; `make search-eval` prints the figures."""

import postgres
import pytest

from app.errors import MalformedError
from app.search import port
from app.search.grammar import grammar_of
from app.search.projection import weights
from catalog_schema.profile import Visibility
from search_eval.baselines import Fts5, PlainPostgresql
from search_eval.corpus import GENERATED, generated, loaded
from search_eval.judging import judge, queries


@pytest.fixture(scope="module")
def corpus(demo):
    found = [*loaded(demo), *((frozenset(), one) for one in generated(GENERATED))]
    return {one.id: keys for keys, one in found}, [one for _keys, one in found]


def measured(corpus, find):
    """Return the figures of one way to search, by half and class, and over all."""
    keys, _documents = corpus
    rows = [(query, [keys[found] for found in find(query.text)]) for query in queries()]
    groups = list(dict.fromkeys(query.group for query, _found in rows))
    every = list(keys.values())
    result = {}
    for half in ("tune", "test"):
        mine = [row for row in rows if row[0].half == half]
        result |= {(half, group): judge([r for r in mine if r[0].group == group], every) for group in groups}
        result[half, "all"] = judge(mine, every)
    return result


def shown(name, result):
    print(f"\n{name}")
    for (half, group), figures in result.items():
        print(f"  {half:<5}{group:<14} nDCG@10 {figures.ndcg:.3f}  MRR {figures.mrr:.3f}  s@3 {figures.success:.3f}")


def test_every_answer_is_a_document(corpus):
    known = frozenset().union(*corpus[0].values())

    assert sorted({key for query in queries() for key in query.grades} - known) == []
    assert len(queries()) >= 150


def test_figures(corpus, demo, tmp_path):
    shown("SQLite FTS5", measured(corpus, Fts5(corpus[1]).find))
    plain = PlainPostgresql(postgres.create(), corpus[1])
    shown("PostgreSQL as it comes", measured(corpus, plain.find))
    plain.close()
    index = port.open_index(f"whoosh:{tmp_path}/index", weights(demo.profile))
    index.rebuild(corpus[1])
    grammar = grammar_of(demo.profile, Visibility.PUBLIC)

    def find(text):
        try:
            return index.search(grammar.parse(text), grammar.text_fields)[:10]
        except MalformedError:
            return []

    shown("Whoosh", measured(corpus, find))
