"""OAI-PMH 2.0 at `/oai`: six verbs over the present, lists in parts that go on after a
restart, deleted records kept.

The protocol's own faults are answers with status 200 that carry an error code (protocol
§3.6).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree.ElementTree import Element

from flask import Blueprint, Response, request
from itsdangerous import BadData, URLSafeSerializer

from app import clock
from app.operations.installation import open_register
from app.permissions import PUBLIC, declares
from app.rdf.publishing import catalogue, feed, oai
from app.rdf.publishing.oai import ListedRecord, Listing
from app.rdf.writing import records
from app.register import codes
from app.register.filters import Filter
from app.register.queries import EntryView, Register
from app.web.http import xml
from app.web.http.current import installation
from app.web.machines.feed_requests import receive

blueprint = Blueprint("oai_pmh", __name__)
blueprint.after_request(receive)

# what no XML may hold
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PART = 100  # records of a list in one answer
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DAY, _SECOND = (
    re.compile(r"\d{4}-\d\d-\d\d"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
)


class MetadataFormat(NamedTuple):
    """A metadata format: its schema, its namespace, and how records are written in
    it.
    """

    schema: str
    namespace: str
    write: Callable[[Register, list[ListedRecord]], Mapping[UUID, bytes]]
    before: str = ""
    after: str = ""


FORMS: dict[str, MetadataFormat] = {
    "oai_dc": MetadataFormat(
        f"{_OAI}oai_dc.xsd",
        f"{_OAI}oai_dc/",
        oai.oai_dc,
        f'<oai_dc:dc xmlns:oai_dc="{_OAI}oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="{_XSI}"'
        f' xsi:schemaLocation="{_OAI}oai_dc/ {_OAI}oai_dc.xsd">',
        "</oai_dc:dc>",
    ),
    "dcat_ap": MetadataFormat(f"{_OAI}rdf.xsd", _RDF, oai.dcat_ap),
}
# verb → which it needs, which it may have
ARGUMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (
        frozenset({"metadataPrefix"}),
        frozenset({"from", "until", "set"}),
    ),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}


class OaiError(Exception):
    """A fault of the protocol: its code, and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Listed:
    """What a list asks for; `row` is the snapshot, `told` how many went before."""

    prefix: str
    since: str
    until: str
    of_set: str
    row: int
    told: int = 0


@blueprint.route("/oai", methods=["GET", "POST"])
@declares(None)
def answer() -> Response:
    """Answer a request of the protocol."""
    asked = request.form if request.method == "POST" else request.args
    verb = asked.get("verb", "")
    given = {name: values for name, values in asked.lists() if name != "verb"}
    try:
        body, shown = _answer(verb, given, asked.getlist("verb"))
    except OaiError as error:
        fault = xml.element("error", _legal(error.message), code=error.code)
        body = xml.part([fault])
        shown = {}
        if error.code not in {"badVerb", "badArgument"}:
            shown = {"verb": verb, **{name: texts[0] for name, texts in given.items()}}
    legal = {name: _legal(text) for name, text in shown.items()}
    root = xml.element("OAI-PMH", xmlns=_OAI)
    root.set("xmlns:xsi", _XSI)
    root.set("xsi:schemaLocation", f"{_OAI} {_OAI}OAI-PMH.xsd")
    xml.add(root, "responseDate", _instant(clock.now()))
    xml.add(root, "request", f"{installation().settings.base_uri}/oai", **legal)
    opened, closed = xml.document(root).split(b"</OAI-PMH>")
    return Response(
        b"%b%b</OAI-PMH>%b" % (opened, body, closed),
        content_type="text/xml; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _answer(
    verb: str, given: Mapping[str, list[str]], verbs: list[str]
) -> tuple[bytes, dict[str, str]]:
    if verb not in VERBS or len(verbs) != 1:
        raise OaiError("badVerb", "verb là một trong: " + ", ".join(VERBS))
    twice = [name for name, values in given.items() if len(values) != 1]
    if twice:
        raise OaiError("badArgument", f"“{twice[0]}” chỉ được nêu một lần")
    one = {name: values[0] for name, values in given.items()}
    resumed = (
        set(one) == {"resumptionToken"}
        and verb.startswith("List")
        and verb != "ListMetadataFormats"
    )
    needed, allowed = ARGUMENTS[verb]
    strange, missing = set(one) - needed - allowed, needed - set(one)
    if not resumed and (strange or missing):
        wrong = (
            f"không nhận {', '.join(sorted(strange))}"
            if strange
            else f"thiếu {', '.join(sorted(missing))}"
        )
        raise OaiError("badArgument", f"{verb}: {wrong}")
    body = VERBS[verb](one)
    return b"<%b>%b</%b>" % (verb.encode(), body, verb.encode()), {"verb": verb, **one}


@contextmanager
def _opened(row: int | None = None) -> Iterator[tuple[Register, Listing, Listing]]:
    """Open a snapshot, what it lists, and what left the sets of agencies: the present
    one, or that of a list that goes on.
    """
    with open_register(installation(), None, None) as register:
        shown = feed.snapshot(register, row)
    with (
        open_register(installation(), shown.as_of, shown.known_at, PUBLIC) as register,
        oai.listing(register, installation().settings) as items,
        oai.departures(register, installation().settings) as left,
    ):
        yield register, items, left


def _identify(_given: Mapping[str, str]) -> bytes:
    settings = installation().settings
    with _opened() as (_register, items, _left):
        first = items[0].at if len(items) else clock.now()
    texts = {
        "repositoryName": catalogue.texts(settings, clock.today())[0][1],
        "baseURL": f"{settings.base_uri}/oai",
        "protocolVersion": "2.0",
        "adminEmail": settings.contact or f"admin@{settings.issuer}",
        "earliestDatestamp": _instant(first),
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    return xml.part(xml.element(tag, text) for tag, text in texts.items())


def _formats(given: Mapping[str, str]) -> bytes:
    if "identifier" in given:
        with _opened() as (_register, items, _left):
            _found(items, given["identifier"])
    formats = []
    for prefix, form in FORMS.items():
        known = xml.element("metadataFormat")
        xml.add(known, "metadataPrefix", prefix)
        xml.add(known, "schema", form.schema)
        xml.add(known, "metadataNamespace", form.namespace)
        formats.append(known)
    return xml.part(formats)


def _sets(given: Mapping[str, str]) -> bytes:
    if "resumptionToken" in given:
        raise OaiError(
            "badResumptionToken", "Danh sách các nhóm được trả lời trong một lần"
        )
    with _opened() as (register, _items, left):
        kinds = [
            kind
            for kind in register.profile.kinds.values()
            if records.link(kind) is not None
        ]
        owners = {
            UUID(one)
            for kind in kinds
            for one, _ in register.facet(Filter((kind.name,)), "owner")
        }
        specs = {view.local_id for view in register.by_ids(owners).values()}
        specs |= {spec for item in left.part(None, None) for spec in item.sets}
        agencies = codes.resolve(register, sorted(specs))
    sets = [_set(kind.path_word, kind.plural["vi"], []) for kind in kinds]
    sets += [
        _set(hit.entry.local_id, hit.entry.title, hit.successors)
        for agency in agencies
        for hit in agency.hits
    ]
    return xml.part(sets)


def _set(spec: str, name: str, heirs: Sequence[EntryView]) -> Element:
    """Write a set; that of an agency which has ended leads to who came after it."""
    known = xml.element("set")
    xml.add(known, "setSpec", spec)
    xml.add(known, "setName", name)
    if heirs:
        held = xml.add(xml.add(known, "setDescription"), "oai_dc:dc")
        held.set("xmlns:oai_dc", f"{_OAI}oai_dc/")
        held.set("xmlns:dc", "http://purl.org/dc/elements/1.1/")
        held.set("xmlns:xsi", _XSI)
        held.set("xsi:schemaLocation", f"{_OAI}oai_dc/ {_OAI}oai_dc.xsd")
        names = ", ".join(f"{heir.title} ({heir.local_id})" for heir in heirs)
        xml.add(held, "dc:description", f"Đã chuyển sang nhóm của: {names}")
        for heir in heirs:
            xml.add(held, "dc:relation", heir.iri)
    return known


def _record(given: Mapping[str, str]) -> bytes:
    form = _form(given["metadataPrefix"])
    with _opened() as (register, items, _left):
        return b"".join(_records(register, [_found(items, given["identifier"])], form))


def _identifiers(given: Mapping[str, str]) -> bytes:
    return _list(
        given,
        "ListIdentifiers",
        lambda _register, items, _form: (_header(item) for item in items),
    )


def _list_records(given: Mapping[str, str]) -> bytes:
    return _list(given, "ListRecords", _records)


def _list(
    given: Mapping[str, str],
    verb: str,
    write: Callable[[Register, list[ListedRecord], MetadataFormat], Iterator[bytes]],
) -> bytes:
    asked = (
        _resumed(given["resumptionToken"], verb)
        if "resumptionToken" in given
        else _asked(given)
    )
    form, since, until = (
        _form(asked.prefix),
        _limit(asked.since),
        _limit(asked.until, last=True),
    )
    with _opened(asked.row) as (register, items, left):
        chosen: Sequence[ListedRecord] = items.part(since, until)
        if asked.of_set:
            members = [
                item
                for item in (*chosen, *left.part(since, until))
                if asked.of_set in item.sets
            ]
            chosen = sorted(members, key=lambda item: (item.at, item.local_id))
        part = list(chosen[asked.told : asked.told + PART])
        if not part:
            raise OaiError(
                "noRecordsMatch",
                "Không có bản ghi nào trong khoảng thời gian và nhóm này",
            )
        return b"".join(write(register, part, form)) + _token(
            asked, verb, len(part), len(chosen)
        )


def _asked(given: Mapping[str, str]) -> Listed:
    if given.get("set") == "":
        raise OaiError(
            "badArgument", "set là tên một nhóm của ListSets, không để trống"
        )
    for name in ("from", "until"):
        if name in given and not (
            _DAY.fullmatch(given[name]) or _SECOND.fullmatch(given[name])
        ):
            raise OaiError(
                "badArgument", f"{name} có dạng 2026-12-31 hoặc 2026-12-31T00:00:00Z"
            )
    since, until = given.get("from", ""), given.get("until", "")
    first, last = _limit(since), _limit(until, last=True)
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from và until phải cùng độ chi tiết")
    if first and last and first > last:
        raise OaiError("badArgument", "from không được sau until")
    with open_register(installation(), None, None) as register:
        row = feed.snapshot(register).known_at
    return Listed(given["metadataPrefix"], since, until, given.get("set", ""), row)


def _limit(text: str, *, last: bool = False) -> datetime | None:
    if not text:
        return None
    try:
        whole = text if "T" in text else f"{text}T{'23:59:59' if last else '00:00:00'}Z"
        return datetime.fromisoformat(whole)
    except ValueError:
        raise OaiError(
            "badArgument", f"“{text}” không phải một thời điểm có thật"
        ) from None


def _form(prefix: str) -> MetadataFormat:
    if prefix not in FORMS:
        raise OaiError(
            "cannotDisseminateFormat",
            "metadataPrefix là một trong: " + ", ".join(FORMS),
        )
    return FORMS[prefix]


def _found(items: Listing, identifier: str) -> ListedRecord:
    scheme, _, local_id = identifier.rpartition(":")
    place = items.place_of(local_id) if scheme == _identifier("").rstrip(":") else None
    if place is None:
        raise OaiError("idDoesNotExist", f"Không có bản ghi “{identifier[:100]}”")
    return items[place]


def _identifier(local_id: str) -> str:
    return f"oai:{urlsplit(installation().settings.bases[0]).hostname}:{local_id}"


def _header(item: ListedRecord) -> bytes:
    header = xml.element("header")
    if item.deleted:
        header.set("status", "deleted")
    xml.add(header, "identifier", _identifier(item.local_id))
    xml.add(header, "datestamp", _instant(item.at))
    for spec in item.sets:
        xml.add(header, "setSpec", spec)
    return xml.part([header])


def _records(
    register: Register, items: list[ListedRecord], form: MetadataFormat
) -> Iterator[bytes]:
    """Yield records; their metadata are bytes that were written once and are kept."""
    written = form.write(register, [item for item in items if not item.deleted])
    for item in items:
        around = (
            f"<metadata>{form.before}".encode(),
            f"{form.after}</metadata>".encode(),
        )
        metadata = b"" if item.deleted else written[item.id].join(around)
        yield b"<record>%b%b</record>" % (_header(item), metadata)


def _token(asked: Listed, verb: str, count: int, total: int) -> bytes:
    after = asked.told + count
    if after >= total and not asked.told:
        return b""
    held = [verb, asked.prefix, asked.since, asked.until, asked.of_set, asked.row]
    text = str(_signer().dumps([*held, after])) if after < total else None
    places = {"completeListSize": str(total), "cursor": str(asked.told)}
    return xml.part([xml.element("resumptionToken", text, **places)])


def _resumed(token: str, verb: str) -> Listed:
    try:
        of_verb, prefix, since, until, of_set, row, told = _signer().loads(token)
    except (BadData, ValueError):
        raise OaiError(
            "badResumptionToken", "Dấu tiếp tục không đúng; bắt đầu lại danh sách"
        ) from None
    if of_verb != verb:
        raise OaiError("badResumptionToken", f"Dấu tiếp tục này là của {of_verb}")
    return Listed(prefix, since, until, of_set, row, told=told)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(installation().key, salt="oai")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


VERBS: dict[str, Callable[[Mapping[str, str]], bytes]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _record,
    "ListIdentifiers": _identifiers,
    "ListRecords": _list_records,
}
