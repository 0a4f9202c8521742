"""Takes another body's DCAT in: each database, service and organisation becomes the
proposal of a reference entry.

What is taken is told apart by its IRI at the source, which is kept (`source_iri`) and
never replaced by a code of ours, so that the same file brings nothing twice. A plan is
made first; carrying it out is one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node
from sqlalchemy import select

from app import clock
from app.errors import FieldError
from app.permissions import Audience
from app.rdf.harvesting.pitfalls import ITEMS
from app.register.content import facts, schema
from app.register.content.hashing import Content
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.register.standing import State, moment
from app.workflow.context import Desk
from app.workflow.proposals import preconditions, service
from app.workflow.proposals import queries as proposals
from app.workflow.proposals.inputs import ProposalRequest, Submit
from app.workflow.proposals.lifecycle import OPEN
from app.workflow.proposals.models import Proposal, ProposalType
from catalog_schema.graph import Reader
from catalog_schema.namespaces import CV, DCAT, DCT, FOAF, HYDRA, ORG, RDF, SKOS
from catalog_schema.profile import DATABASE, Field, Kind, Stage, Type, Visibility

SOURCE = "source_iri"
_EVERYTHING = Audience(Visibility.OWNER)  # what is proposed is the whole content
# in the order in which they are taken: what is named comes before what names it
_CLASSES = (
    (
        "agency",
        (CV.PublicOrganisation, ORG.Organization, FOAF.Organization, FOAF.Agent),
    ),
    (DATABASE, (DCAT.Dataset,)),
    ("data-service", (DCAT.DataService,)),
)
# what the register asks of a reference entry and DCAT does not tell
_GIVEN: Mapping[str, Content] = {
    "agency": {"classification": "khac", "sector": "khac", "spatial": "VNM"},
    DATABASE: {
        "record_kind": facts.REFERENCE,
        "frequency": "UNKNOWN",
        "state_secret": False,
        **dict.fromkeys(
            ("category", "sharing_class", "importance", "personal_data"),
            "chua-xac-dinh",
        ),
    },
    "data-service": {
        "record_kind": facts.REFERENCE,
        "channel": "chua-xac-dinh",
        "lifecycle": "khac",
        "state_secret": False,
    },
}


class Outcome(StrEnum):
    """What a record of the file would do."""

    NEW = "mới"
    CHANGED = "thay đổi"
    SAME = "không đổi"
    OPEN = "đang có phiếu"
    WAITING = "chờ mục khác"
    REFUSED = "không nhận"
    GONE = "không còn ở nguồn"


@dataclass(frozen=True)
class Record:
    """One record: what it is, what it would do, what is to be said of it, and the
    request that it would make.
    """

    kind: str
    iri: str
    title: str
    outcome: Outcome
    said: tuple[str, ...] = ()
    request: ProposalRequest | None = None


def lacking(graph: Graph) -> int:
    """Return how many databases and services a file lacks of what its source announces
    (`hydra:totalItems`): a file that was cut short at the end of a line can be told by
    nothing else. 0 where the source announces nothing.
    """
    totals = [
        int(str(total))
        for total in graph.objects(None, HYDRA.totalItems)
        if str(total).isdecimal()
    ]
    held = {item for kind in ITEMS for item in graph.subjects(RDF.type, kind)}
    return max([total - len(held) for total in totals], default=0)


def plan(desk: Desk, graph: Graph, source: str) -> list[Record]:
    """Return what a file of DCAT would bring, record by record; nothing is changed.

    `source` names where it is from; what came from there before and is not in the file
    is told as gone.
    """
    return _Planner(desk, graph, source).records()


def carry_out(
    desk: Desk, records: list[Record], *, end_gone: bool = False
) -> list[Proposal]:
    """Propose and submit what is new or changed, in the caller's transaction; with
    `end_gone` also what is gone.
    """
    outcomes = {Outcome.NEW, Outcome.CHANGED, *([Outcome.GONE] if end_gone else [])}
    return [
        _submitted(desk, record.request)
        for record in records
        if record.request is not None and record.outcome in outcomes
    ]


def _submitted(desk: Desk, request: ProposalRequest) -> Proposal:
    proposal = service.propose(desk, request)
    reason = (
        "Không còn trong danh mục của nơi lập bản ghi gốc"
        if request.type is ProposalType.END
        else None
    )
    return service.act(desk, proposal.id, proposal.lock_version, Submit(reason=reason))


class _Planner:
    def __init__(self, desk: Desk, graph: Graph, source: str) -> None:
        self.desk, self.graph = desk, graph
        self.note = f"Thu hoạch từ {source}"
        self.register = Register(
            desk.session, desk.profile, moment(desk.session), _EVERYTHING
        )
        self.known = {view.iri: view for view in self._references()}
        self.by_source = {
            view.content[SOURCE]: view
            for view in self.known.values()
            if SOURCE in view.content
        }
        self.open = self._open()
        self.reader = Reader(desk.profile, self._id_of)

    def records(self) -> list[Record]:
        drawn = [self._record(kind, subject) for kind, subject in self._subjects()]
        seen = {record.iri for record in drawn}
        return drawn + [record for record in self._gone() if record.iri not in seen]

    def _references(self) -> Iterator[EntryView]:
        for kind, _ in _CLASSES:
            yield from self.register.all(
                Filter((kind,), (State.IN_FORCE, State.SUSPENDED, State.NOT_YET))
            )

    def _open(self) -> dict[str, int]:
        """Return the number of the open proposal by the IRI at the source that it is
        about.
        """
        kinds = [kind for kind, _ in _CLASSES]
        query = select(Proposal).where(
            Proposal.kind.in_(kinds), Proposal.status.in_(sorted(OPEN))
        )
        open_ = self.desk.session.scalars(query).all()
        return {
            proposal.content[SOURCE]: proposal.number
            for proposal in open_
            if isinstance(proposal.content.get(SOURCE), str)
        }

    def _id_of(self, iri: str) -> str | None:
        view = self.by_source.get(iri) or self.known.get(iri)
        return str(view.id) if view else self._by_name(iri)

    def _by_name(self, iri: str) -> str | None:
        """Return the agency that is called as the source calls what it names, where
        just one is.
        """
        names = {
            str(name)
            for path in (FOAF.name, SKOS.prefLabel, DCT.title)
            for name in self.graph.objects(URIRef(iri), path)
        }
        views = [
            view
            for view in self.known.values()
            if view.kind == "agency" and view.title in names
        ]
        return str(views[0].id) if len(views) == 1 else None

    def _subjects(self) -> Iterator[tuple[str, Node]]:
        taken = set[Any]()
        for kind, classes in _CLASSES:
            for subject in sorted(
                {
                    subject
                    for rdf_type in classes
                    for subject in self.graph.subjects(RDF.type, rdf_type)
                },
                key=str,
            ):
                if subject not in taken:
                    taken.add(subject)
                    yield kind, subject

    def _record(self, name: str, subject: Node) -> Record:
        kind, iri = self.desk.profile.kinds[name], str(subject)
        if not isinstance(subject, URIRef) or not iri.startswith(
            ("http://", "https://")
        ):
            title = next(
                (str(title) for title in self.graph.objects(subject, DCT.title)), "–"
            )
            return Record(
                name,
                iri,
                title,
                Outcome.REFUSED,
                ("không có địa chỉ IRI bền vững ở nguồn",),
            )
        raw, notes = self._content(kind, subject)
        title = facts.title(kind, raw) or iri
        if iri in self.known or iri.startswith(f"{self.desk.profile.base}/id/"):
            return Record(
                name, iri, title, Outcome.REFUSED, ("là mục của chính danh mục này",)
            )
        named = (
            self._by_name(iri)
            if name == "agency" and iri not in self.by_source
            else None
        )
        if named is not None:
            return Record(
                name,
                iri,
                title,
                Outcome.SAME,
                ("đã có cơ quan cùng tên trong danh mục",),
            )
        if iri in self.open:
            return Record(name, iri, title, Outcome.OPEN, (f"phiếu {self.open[iri]}",))
        awaited = self._awaited(kind, subject, raw)
        if awaited:
            return Record(name, iri, title, Outcome.WAITING, (*notes, *awaited))
        return self._compared(kind, iri, title, raw, notes)

    def _awaited(self, kind: Kind, subject: URIRef, raw: Content) -> list[str]:
        """Return what the source names of which something may be asked for, and the
        register does not hold yet.
        """
        return [
            f"{field.name}: “{field.labels['vi']}” chưa có trong danh mục"
            for field in kind.fields
            if field.type is Type.REFERENCE and field.mandatory_at
            if field.name not in raw and any(self.graph.objects(subject, field.path))
        ]

    def _compared(
        self, kind: Kind, iri: str, title: str, raw: Content, notes: list[str]
    ) -> Record:
        """Return what becomes of one thing, beside what the register holds of it."""
        present = self.by_source.get(iri)
        if present is not None:
            refusal = self._refusal(kind, present)
            if refusal:
                return Record(kind.name, iri, title, Outcome.REFUSED, (refusal,))
        held = present.content if present else {}
        content_told = {**_GIVEN[kind.name], **held, **raw}
        content, dropped = _fitting(kind, content_told, self.desk.profile.base)
        for name, why in dropped.items():
            notes.append(f"bỏ “{kind.field(name).labels['vi']}”: {why}")
        missing = schema.check(
            kind, content, Stage.SUBMIT, self.desk.profile.base
        ).errors
        if missing:
            reasons = [f"{error.field}: {error.message}" for error in missing]
            outcome = _outcome_of(kind, missing)
            return Record(kind.name, iri, title, outcome, (*notes, *reasons))
        request = ProposalRequest(kind.name, content)
        if present is None:
            return Record(kind.name, iri, title, Outcome.NEW, tuple(notes), request)
        if content == schema.normalise(kind.fields, held):
            return Record(kind.name, iri, title, Outcome.SAME)
        notes.append(f"khác: {_changed(kind, held, content)}")
        request = replace(request, type=ProposalType.AMEND, entry_id=present.id)
        return Record(kind.name, iri, title, Outcome.CHANGED, tuple(notes), request)

    def _refusal(self, kind: Kind, present: EntryView) -> str | None:
        """Return why the entry that the register holds cannot be amended from here."""
        if present.kind != kind.name:
            label = self.desk.profile.kinds[present.kind].labels["vi"]
            return f"ở danh mục này là {label} {present.local_id}"
        if not preconditions.may_propose_on(self.desk, present.kind, present.id):
            return f"cơ quan khác giữ bản ghi {present.local_id}"
        return None

    def _content(self, kind: Kind, subject: URIRef) -> tuple[Content, list[str]]:
        """Return what our fields say of a subject, with its source; and what was to be
        said of languages.
        """
        raw, notes = self.reader.content(kind, self.graph, subject), list[str]()
        if kind.name == "agency":
            raw["name"] = raw.get("name") or self._names(subject)
        for field in kind.fields:
            if field.type is Type.LANG_TEXT and not field.many:
                _in_vietnamese(
                    field, raw, [*self.graph.objects(subject, field.path)], notes
                )
        identifier = next(
            (
                str(identifier)
                for identifier in self.graph.objects(subject, DCT.identifier)
            ),
            None,
        )
        fixed = {
            "certainty": "co-quan-khai",
            "source_note": self.note,
            SOURCE: str(subject),
        }
        if identifier and any(field.name == "source_id" for field in kind.fields):
            fixed["source_id"] = identifier
        return {**raw, **fixed}, notes

    def _names(self, subject: URIRef) -> dict[str, str]:
        """Return how a subject is called, by language, as the first property says that
        tells it.
        """
        names: dict[str, str] = {}
        for path in (SKOS.prefLabel, FOAF.name, DCT.title):
            for name in self.graph.objects(subject, path):
                names.setdefault(
                    str(getattr(name, "language", None) or "vi"), str(name)
                )
        return names

    def _gone(self) -> Iterator[Record]:
        for view in self.by_source.values():
            if view.content.get("source_note") != self.note:
                continue
            source = view.content[SOURCE]
            number = self.open.get(source)
            notes = (
                [view.local_id]
                if number is None
                else [view.local_id, f"phiếu {number}"]
            )
            has_open = number is not None or proposals.open_on(self.desk, view.id)
            outcome = Outcome.OPEN if has_open else Outcome.GONE
            request = ProposalRequest(
                view.kind,
                {},
                ProposalType.END,
                view.id,
                effective_from=clock.today(),
            )
            yield Record(view.kind, source, view.title, outcome, tuple(notes), request)


def _in_vietnamese(
    field: Field, raw: Content, values: list[Any], notes: list[str]
) -> None:
    """Keep a text's Vietnamese and English; without Vietnamese, what there is stands
    for it, and that is said.
    """
    texts = {
        str(v.language or "").partition("-")[0]: str(v)
        for v in values
        if isinstance(v, Literal)
    }
    texts = {**raw.get(field.name, {}), **texts}
    if not texts:
        return
    if "vi" not in texts:
        language = "" if "" in texts else min(texts)
        texts["vi"] = texts[language]
        notes.append(
            f"“{field.labels['vi']}” không có tiếng Việt ở nguồn: lấy nguyên "
            f"văn{f' ({language})' if language else ''}"
        )
    raw[field.name] = {
        language: text for language, text in texts.items() if language in {"vi", "en"}
    }


def _fitting(kind: Kind, raw: Content, base: str) -> tuple[Content, dict[str, str]]:
    """Return a content without the fields that break a rule, and which those are."""
    dropped: dict[str, str] = {}
    while True:
        checked = schema.check(kind, raw, Stage.DRAFT, base)
        broken = {error.field.split(".")[0]: error.message for error in checked.errors}
        wrong = {name: why for name, why in broken.items() if name in raw}
        if not wrong:
            return (checked.content or schema.normalise(kind.fields, raw)), dropped
        dropped |= wrong
        raw = {name: value for name, value in raw.items() if name not in wrong}


def _outcome_of(kind: Kind, missing: Sequence[FieldError]) -> Outcome:
    """Tell what lacks nothing but other entries from what can never be entered."""
    fields = (kind.field(error.field.split(".")[0]) for error in missing)
    references = all(field.type is Type.REFERENCE for field in fields)
    return Outcome.WAITING if references else Outcome.REFUSED


def _changed(kind: Kind, held: Content, content: Content) -> str:
    """Return the labels of the fields that differ."""
    names = sorted({*held, *content})
    changed = (name for name in names if content.get(name) != held.get(name))
    return ", ".join(str(kind.field(name).labels["vi"]) for name in changed)
