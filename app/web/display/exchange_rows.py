"""Connections as rows: who gives, who takes, over which channel, how it stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from app.exchange import connections
from app.exchange.connections import Connection, End, Running
from app.register import agency_names
from app.register.queries import EntryView, Register
from app.vietnamese import clean
from app.web.display import wording
from catalog_schema.code_lists import CodeLists

_COLOURS: Mapping[Running, str] = {
    Running.LIVE: "govuk-tag--green",
    Running.NOT_YET: "",
    Running.SUSPENDED: "govuk-tag--yellow",
    Running.LAPSED: "govuk-tag--red",
}
_OTHER = "khac"
CASE_BY_CASE = "khi-co-vu-viec"


@dataclass(frozen=True)
class EndWords:
    """An end: its agency in words, and its object where that is known."""

    agency: str
    thing: EntryView | None


@dataclass(frozen=True)
class Row:
    """A connection in words. `agreement`: what is said of one, `agreed` the entry where
    the reader may see it.
    """

    connection: Connection
    running: Running
    giver: EndWords
    taker: EndWords
    channels: str
    state: str
    colour: str
    frequency: str
    agreement: str
    agreed: EntryView | None

    @property
    def view(self) -> EntryView:
        """The entry of the connection."""
        return self.connection.view

    @property
    def case_by_case(self) -> bool:
        """Whether data run only when a case comes up."""
        return self.view.content.get("frequency") == CASE_BY_CASE


def rows(register: Register, shown: Sequence[Connection]) -> list[Row]:
    """Return these connections in words, in their order."""
    agreed = connections.agreed(register, (each.view for each in shown))
    ids = set(agreed.values())
    for each in shown:
        ids |= set(_named(each.giver)) | set(_named(each.taker))
    names = register.by_ids(ids)
    return [_row(register, each, names, agreed.get(each.view.id)) for each in shown]


def _named(end: End) -> Iterable[UUID]:
    return (one for one in (end.agency, end.database, end.system) if one is not None)


def _row(
    register: Register,
    connection: Connection,
    names: Mapping[UUID, EntryView],
    agreement: UUID | None,
) -> Row:
    content, lists = connection.view.content, register.profile.lists
    running = connection.running(register.at.as_of)
    state = concept(lists, "trang-thai-ket-noi", content.get("connection_state"))
    if running is Running.LAPSED and content.get("connection_state") != "ket-thuc":
        state = _("Quá thời hạn")
    if running is Running.SUSPENDED:
        state = _("Tạm ngừng")
    return Row(
        connection,
        running,
        _words(connection.giver, names),
        _words(connection.taker, names),
        channels(lists, connection.view),
        state,
        _COLOURS[running],
        concept(lists, "tan-suat-ket-noi", content.get("frequency")),
        _agreement(connection, agreement),
        names.get(agreement) if agreement else None,
    )


def _agreement(connection: Connection, agreement: UUID | None) -> str:
    if agreement is not None:
        return str(_("Có thỏa thuận"))
    giver, taker = connection.giver.agency, connection.taker.agency
    inside = giver is not None and giver == taker
    return str(_("Nội bộ cơ quan") if inside else _("Chưa ghi nhận"))


def _words(end: End, names: Mapping[UUID, EntryView]) -> EndWords:
    agency = names.get(end.agency) if end.agency else None
    thing = end.database or end.system
    words = agency.title if agency else end.group or _("Chưa xác định")
    return EndWords(words, names.get(thing) if thing else None)


def channels(lists: CodeLists, view: EntryView) -> str:
    """Return the channels of a connection in words, platforms by the letters that
    offices call them; of “other” what it is.
    """
    content = view.content
    other = content.get("other_channel")
    named = []
    for code in content.get("channel", ()):
        named.append(channel(lists, code))
        if code == _OTHER and other:
            named[-1] = concept(lists, "cach-trao-doi", other)
    return ", ".join(named) or _("Chưa xác định")


def channel(lists: CodeLists, code: str) -> str:
    """Return a channel in words, a platform by the letters that offices call it."""
    name = concept(lists, "kenh-ket-noi", code)
    _long, _bracket, letters = name.partition(" (")
    return letters.rstrip(")") or name


def in_sentence(channels_: str) -> str:
    """Return channels as they stand in a sentence: words begin with a small letter."""
    first = channels_.partition(" ")[0].rstrip(",")
    return channels_ if first.isupper() else channels_[0].lower() + channels_[1:]


def concept(lists: CodeLists, scheme: str, code: object) -> str:
    """Return what people read for a value of a list; “not determined” for none."""
    found = lists.schemes[scheme].concepts.get(str(code))
    return wording.label(found.labels) if found else _("Chưa xác định")


def nobody(register: Register) -> str:
    """Return the name that a page is to be narrowed to and that no agency has on the
    day, "" where there is one, or none is asked for.
    """
    name = clean(request.args.get("co-quan-loc", ""))[:200]
    return name if name and not agency_names.meant_today(register, name) else ""
