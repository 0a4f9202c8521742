"""What can be seen from outside of how fresh data are: when an address that gives them
out last changed, and which day a catalogue that is harvested gives for them.

Nothing is fetched but from hosts that the settings name; redirects are not followed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from rdflib import Graph, URIRef

from app import clock
from app.register.queries import EntryView
from catalog_schema.namespaces import DCAT, DCT, RDF

_SECONDS = 10.0  # of one wait


@dataclass(frozen=True)
class Seen:
    """What an address said: the day on which it last changed, or why that is not
    known.
    """

    view: EntryView
    address: str
    day: date | None
    lacking: str = ""


def addresses(view: EntryView, hosts: Iterable[str]) -> list[str]:
    """Return the addresses on these hosts of files with an entry's data. Those of a
    single item say nothing of the whole, pages about the data nothing of the data.
    """
    allowed = {host.casefold() for host in hosts}
    files = [
        one.get("download_url", "") for one in view.content.get("distributions", ())
    ]
    return [file for file in dict.fromkeys(files) if _host(file) in allowed]


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def probe(views: Iterable[EntryView], hosts: Iterable[str]) -> Iterator[Seen]:
    """Ask each address of these entries on these hosts when it last changed."""
    allowed = tuple(hosts)
    with httpx.Client(
        timeout=_SECONDS, follow_redirects=False, trust_env=False
    ) as client:
        for view in views:
            for address in addresses(view, allowed):
                yield _asked(client, view, address)


def _asked(client: httpx.Client, view: EntryView, address: str) -> Seen:
    try:
        answer = client.head(address)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Seen(view, address, None, f"không trả lời ({type(error).__name__})")
    if answer.status_code != httpx.codes.OK:
        return Seen(view, address, None, f"trả lời {answer.status_code}")
    try:
        changed = parsedate_to_datetime(answer.headers.get("Last-Modified", ""))
        return Seen(view, address, clock.local(changed).date())
    except (ValueError, TypeError, OverflowError):
        return Seen(view, address, None, "không cho biết ngày sửa (Last-Modified)")


def harvested(graph: Graph, views: Iterable[EntryView]) -> Iterator[Seen]:
    """Yield the day that a catalogue gives for each of these entries whose source it
    is. Under an IRI of this register others only repeat when its description changed.
    """
    held = set(graph.subjects(RDF.type, DCAT.Dataset))
    for view in views:
        source = view.content.get("source_iri")
        if source is None or URIRef(source) not in held:
            continue
        found = map(_day, graph.objects(URIRef(source), DCT.modified))
        days = [day for day in found if day is not None]
        lacking = "" if days else "không cho biết ngày sửa (dct:modified)"
        yield Seen(view, source, max(days, default=None), lacking)


def _day(value: object) -> date | None:
    """Return the day of a date, or of an instant as it is in Viet Nam."""
    text = str(value)
    try:
        if "T" not in text:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return clock.local(instant).date() if instant.tzinfo else instant.date()
