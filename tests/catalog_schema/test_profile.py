from pathlib import Path

import pytest
from conftest import ROOT
from rdflib import Namespace, URIRef

from catalog_schema import documentation, namespaces, profile
from catalog_schema.profile import Type

PROFILE = profile.load("https://danhmuc.example")
FIELDS = [(k.name, dotted, f) for k in PROFILE.kinds.values() for dotted, f in k.walk()]


@pytest.mark.parametrize(
    ("kind", "dotted", "field"), FIELDS, ids=[f"{k}.{d}" for k, d, _ in FIELDS]
)
def test_every_field_says_its_name_hint_and_source(kind, dotted, field):
    assert set(field.labels) == {"vi", "en"}
    assert set(field.hints) == {"vi", "en"}
    assert field.sources
    if field.pattern or field.constant is not None:
        assert set(field.messages) == {"vi", "en"}


@pytest.mark.parametrize(
    ("kind", "dotted", "field"), FIELDS, ids=[f"{k}.{d}" for k, d, _ in FIELDS]
)
def test_every_field_points_at_something_that_exists(kind, dotted, field):
    if field.type is Type.CONCEPT:
        assert PROFILE.lists.schemes[field.code_list].concepts
    if field.type is Type.REFERENCE:
        assert field.target_kind in PROFILE.kinds
    if field.type is Type.GROUP:
        assert field.hash_suffix
        assert field.fields
    if field.mandatory_when and field.mandatory_when.unless:
        assert PROFILE.kinds[kind].field(field.mandatory_when.unless)
    if field.mandatory_when and field.mandatory_when.field:
        sibling = PROFILE.kinds[kind].field(field.mandatory_when.field)
        assert PROFILE.lists.concept(sibling.code_list, field.mandatory_when.equals)
    if field.default:
        assert PROFILE.lists.concept(field.code_list, field.default)
    if "." not in dotted:
        assert field.section in PROFILE.sections


def test_every_concept_has_labels_in_both_languages():
    for scheme in PROFILE.lists.schemes.values():
        assert set(scheme.labels) == {"vi", "en"}, scheme.name
        for concept in scheme.concepts.values():
            assert set(concept.labels) == {"vi", "en"}, concept.iri


def test_addresses_of_kinds_and_of_lists_never_meet():
    words = {kind.path_word for kind in PROFILE.kinds.values()}

    assert not words & set(PROFILE.lists.schemes)


def test_released_fields_are_neither_renamed_nor_retyped_nor_dropped():
    released = (ROOT / "catalog_schema" / "profile.lock").read_text(encoding="utf-8")

    assert released == documentation.lock(PROFILE), (
        "run “make docs”; if that does not help, a released field was changed"
    )


def test_the_page_about_the_profile_is_current():
    assert (ROOT / "docs" / "profile.md").read_text(
        encoding="utf-8"
    ) == documentation.markdown(PROFILE)


def test_every_term_is_of_a_known_vocabulary(standards):
    """Only terms that their vocabulary declares, or that are listed here because no file of it is at hand."""
    from rdflib import Graph

    known = {
        str(s)
        for path in (standards / "w3c").glob("*.ttl")
        for s in Graph().parse(path).subjects()
    }
    known |= {
        str(s) for s in Graph().parse(standards / "adms-2.00" / "adms.ttl").subjects()
    }
    cpov = (
        standards / "cpov-2.1.2" / "core-public-organisation-ap-SHACL.ttl"
    ).read_text(encoding="utf-8")
    listed = {
        *(
            f"{namespaces.VCARD}{t}"
            for t in ("fn", "role", "hasEmail", "hasTelephone", "Organization", "Kind")
        ),
        *(f"{namespaces.ELI}{t}" for t in ELI_TERMS),
        f"{namespaces.CV}hasLegalResource",
        f"{namespaces.CV}hasCompetentAuthority",
        f"{namespaces.LOCN}address",
        f"{namespaces.LOCN}Address",
        f"{namespaces.DCATAP}applicableLegislation",
        f"{namespaces.DCATAP}availability",
        f"{namespaces.OWL}deprecated",
    }
    for _, dotted, field in FIELDS:
        said = (
            *field.also_as,
            *field.also_as_vietnamese,
            *field.also_as_sibling,
            *field.of_entry,
            *field.inverse,
        )
        for term in (field.path, *field.rdf_types, *said):
            assert _known(term, known | listed, cpov), f"{dotted}: {term}"


ELI_TERMS = (
    "id_local",
    "responsibility_of",
    "date_document",
    "first_date_entry_in_force",
    "date_no_longer_in_force",
    "amended_by",
    "repealed_by",
)


def _known(term: URIRef, known: set[str], cpov: str) -> bool:
    from rdflib import DCTERMS, FOAF, RDFS, SKOS

    text = str(term)
    if text.startswith(str(namespaces.DM)) or text in known:
        return True
    for vocabulary in (DCTERMS, FOAF, SKOS, RDFS):
        if text.startswith(str(vocabulary)):
            return term in vocabulary
    own = Namespace(namespaces.CV)
    return text.startswith((str(own), str(namespaces.LOCN))) and text in cpov


def test_every_shape_file_holds_one_kind():
    for path in Path(profile.DIRECTORY).glob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        assert text.count("dm:pathWord") == (0 if path.stem == "common" else 1)
