"""The words that come with the register say what they mean, where that was found, and how surely."""

import re

from rdflib import Graph

from catalog_schema import synonyms
from catalog_schema.namespaces import DCT, SKOS

MARK = re.compile(r"\[(T|V|S|S1|P|M|I)\]")


def test_every_group_has_one_full_form_another_name_and_a_marked_source():
    graph = Graph().parse(synonyms.PATH)
    concepts = set(graph.subjects())

    for concept in concepts:
        (full,) = graph.objects(concept, SKOS.prefLabel)
        (source,) = graph.objects(concept, DCT.source)
        assert list(graph.objects(concept, SKOS.altLabel)), full
        assert MARK.search(str(source)), full


def test_the_short_forms_that_offices_use_are_there():
    short = {name for group in synonyms.groups() for name in group[1:]}

    assert {"ATTP", "NSNN", "HTX", "KCN", "NTM", "VBQPPL", "GCN", "BHTN"} <= short
    assert len({name for name in short if name.isupper()}) >= 200


def test_a_short_form_may_have_several_readings():
    readings = [group[0] for group in synonyms.groups() if "KH" in group[1:]]

    assert {"kế hoạch", "khoa học"} <= set(readings)


def test_every_subject_has_its_names_and_what_people_say():
    for names, said in synonyms.topics():
        assert names
        assert said
        assert not set(names) & set(said)
