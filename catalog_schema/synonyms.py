"""Which words mean the same: reads `synonyms.ttl`, a SKOS concept a group, labels for
its members; and which words people say of a subject: reads `topics.ttl`.
"""

from functools import lru_cache
from pathlib import Path

from rdflib import Graph

from catalog_schema.namespaces import SKOS

PATH = Path(__file__).parent / "synonyms.ttl"
TOPICS = Path(__file__).parent / "topics.ttl"


@lru_cache(maxsize=1)
def groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups, each with its full form first; ValueError for a group that has
    no full form.
    """
    graph = Graph().parse(PATH)
    sets = []
    for concept in set(graph.subjects()):
        full = graph.value(concept, SKOS.prefLabel)
        if full is None:
            raise ValueError(f"{PATH.name}: a group has no skos:prefLabel")
        sets.append(
            (
                str(full),
                *sorted(str(label) for label in graph.objects(concept, SKOS.altLabel)),
            )
        )
    return tuple(sorted(sets))


@lru_cache(maxsize=1)
def topics() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return for each subject how entries say it, and what people say."""
    graph = Graph().parse(TOPICS)
    found = []
    for concept in set(graph.subjects()):
        (name,) = map(str, graph.objects(concept, SKOS.prefLabel))
        others = sorted(map(str, graph.objects(concept, SKOS.altLabel)))
        said = sorted(map(str, graph.objects(concept, SKOS.hiddenLabel)))
        found.append(((name, *others), tuple(said)))
    return tuple(sorted(found))
