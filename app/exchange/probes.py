"""What can be seen from outside of how fresh data are: when an address that gives them
out last changed, and which day a catalogue that is harvested gives for them.

Nothing is fetched but from hosts that the settings name; redirects are not followed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from rdflib import Graph, URIRef

from app import clock
from app.register.queries import EntryView
from catalog_schema.namespaces import DCAT, DCT, RDF

_SECONDS = 10.0  # of one wait
_ADDRESSES = ("download_url", "access_url")


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
    """Return the addresses on these hosts at which an entry's data are given out."""
    allowed = set(hosts)
    found = [
        open_data[name]
        for open_data in _distributions(view.content)
        for name in _ADDRESSES
        if name in open_data and _host(open_data[name]) in allowed
    ]
    return list(dict.fromkeys(found))


def _distributions(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from content.get("distributions", ())
    for item in content.get("data_items", ()):
        yield from item.get("distributions", ())


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
    """Yield the day that a catalogue gives for each of these entries that it holds, by
    the entry's IRI or that of its source.
    """
    held = set(graph.subjects(RDF.type, DCAT.Dataset))
    for view in views:
        for name in (view.iri, view.content.get("source_iri")):
            node = URIRef(str(name))
            if node not in held:
                continue
            days = sorted(map(_day, graph.objects(node, DCT.modified)), key=str)
            known = [day for day in days if day is not None]
            lacking = "" if known else "không cho biết ngày sửa (dct:modified)"
            yield Seen(view, str(node), max(known, default=None), lacking)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
