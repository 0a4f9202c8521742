"""The compiled schemas and the SHACL are two readings of one declaration: here they are shown to agree."""

import string
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.compare import graph_diff, isomorphic

from app.rdf.writing import formats
from app.register.content import schema
from catalog_schema import profile, validation
from catalog_schema.graph import Reader, Writer
from catalog_schema.profile import Field, Stage, Type

BASE = "https://danhmuc.example"
PROFILE = profile.load(BASE)
SUBJECT = URIRef(f"{BASE}/id/thu/1")
NAMESPACE = UUID(int=7)
words = st.text(string.ascii_letters + "ăâđêôơưáàảãạ ", min_size=1, max_size=12).filter(
    lambda t: t.strip()
)

GOOD_PATTERNS = {
    "document_symbol": "SKHCN",
    "email": "a@b.example",
    "telephone": "+84251",
    "code": "75",
    "notation": "A-1",
}
writer = Writer(PROFILE, lambda entry: f"{BASE}/id/muc/{entry}")
reader = Reader(PROFILE, lambda iri: iri.rsplit("/", 1)[-1])


def value(field: Field):
    one = single(field)
    if not field.many:
        return one
    return st.lists(one, min_size=1, max_size=3)


def single(field: Field):
    match field.type:
        case Type.GROUP:
            return content(field.fields, always=True)
        case Type.LANG_TEXT if not field.many:
            return st.fixed_dictionaries({"vi": words}, optional={"en": words})
        case Type.CONCEPT:
            return st.sampled_from(
                sorted(PROFILE.lists.schemes[field.code_list].concepts)
            )
        case Type.REFERENCE:
            return st.integers(1, 99).map(lambda n: str(uuid5(NAMESPACE, str(n))))
        case Type.DATE:
            return st.dates().map(lambda d: d.isoformat())
        case Type.INTEGER:
            return st.integers(field.minimum, field.maximum)
        case Type.BOOLEAN:
            return (
                st.just(field.constant) if field.constant is not None else st.booleans()
            )
        case Type.IRI if field.pattern.startswith("^https?://"):
            return st.just("https://so.example/trang")
        case _:
            return st.just(GOOD_PATTERNS[field.name]) if field.pattern else words


def content(fields: tuple[Field, ...], *, always: bool = False):
    """Content of these fields: `always` fills each, so that what is invalid later is invalid by the change alone."""
    filled = {f.name: value(f) for f in fields}
    return (
        st.fixed_dictionaries(filled)
        if always
        else st.fixed_dictionaries({}, optional=filled)
    )


def breakages(fields: tuple[Field, ...]):
    """Ways to break content that both readings can be asked about."""
    choices = [st.just(("drop", f.name)) for f in fields if f.mandatory_at]
    choices += [
        st.just(("long", f.name))
        for f in fields
        if f.max_length and not f.many and not f.iri_prefix
    ]
    choices += [st.just(("pattern", f.name)) for f in fields if f.pattern]
    choices += [st.just(("range", f.name)) for f in fields if f.maximum]
    choices += [st.just(("constant", f.name)) for f in fields if f.constant is not None]
    return st.one_of(st.just(("keep", "")), *choices)


def broken(kind, good, breakage):
    how, name = breakage
    if how == "keep":
        return good
    if how == "drop":
        return {key: inner for key, inner in good.items() if key != name}
    field = kind.field(name)
    too_long = "x" * ((field.max_length or 0) + 1)
    bad = {
        "long": {"vi": too_long} if field.type is Type.LANG_TEXT else too_long,
        "pattern": "ftp:sai",
        "range": (field.maximum or 0) + 1,
        "constant": not field.constant,
    }
    return {**good, name: bad[how]}


@pytest.mark.slow
@pytest.mark.parametrize("kind_name", sorted(PROFILE.kinds))
@pytest.mark.parametrize("stage", [Stage.SUBMIT, Stage.ENTER])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_schema_and_shacl_agree(kind_name, stage, data):
    kind = PROFILE.kinds[kind_name]
    good = data.draw(content(kind.fields, always=True))
    tried = broken(
        kind, schema.normalise(kind.fields, good), data.draw(breakages(kind.fields))
    )

    by_schema = schema.check(kind, tried, stage, BASE).errors
    by_shacl = validation.check(
        writer.graph(kind, SUBJECT, tried), PROFILE, kind, stage
    )

    assert bool(by_schema) == bool(by_shacl), (by_schema, by_shacl)
    if by_schema:
        assert {e.field.split(".")[0] for e in by_schema} == {
            v.field.split(".")[0] for v in by_shacl
        }


@pytest.mark.parametrize("kind_name", sorted(PROFILE.kinds))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_written_as_triples_is_read_back_the_same(kind_name, data):
    kind = PROFILE.kinds[kind_name]
    original = schema.normalise(kind.fields, data.draw(content(kind.fields)))

    graph = writer.graph(kind, SUBJECT, original)

    assert reader.content(kind, graph, SUBJECT) == original


@pytest.mark.parametrize("kind_name", sorted(PROFILE.kinds))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_all_formats_hold_the_same_graph(kind_name, data):
    from rdflib import Graph

    kind = PROFILE.kinds[kind_name]
    graph = writer.graph(
        kind, SUBJECT, schema.normalise(kind.fields, data.draw(content(kind.fields)))
    )
    text = formats.canonical(graph)

    for extension, name in (
        ("ttl", "turtle"),
        ("rdf", "xml"),
        ("jsonld", "json-ld"),
        ("nt", "nt"),
    ):
        read = Graph().parse(
            data=formats.FORMATS[extension].write(formats.triples(text)), format=name
        )
        assert isomorphic(read, graph), [
            g.serialize() for g in graph_diff(read, graph)[1:]
        ]
