"""Which words mean the same: reads `synonyms.ttl`, a SKOS concept a group, labels for
its members.
"""

from functools import lru_cache
from pathlib import Path

from rdflib import Graph

from catalog_schema.namespaces import SKOS

PATH = Path(__file__).parent / "synonyms.ttl"


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
