"""Reads another body's catalogue: from a file, from standard input, or from an address
that the settings name.
"""

import re
import time
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpx
import pyoxigraph as ox
from rdflib import Graph

from app.config import Settings
from app.errors import InvalidError, NotFoundError, UnavailableError
from app.rdf.harvesting.parsing import MAX_BYTES, Parser
from app.rdf.writing import formats
from catalog_schema.namespaces import HYDRA

MOST_PAGES, MOST_BYTES = 200, 200_000_000  # of one catalogue
_SECONDS, _LONGEST = 30.0, 1800.0  # of one wait, and of everything
ENDINGS = {
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
    ".xml": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".json": "application/ld+json",
    ".nt": "application/n-triples",
}


def read(source: str, stdin: IO[bytes], settings: Settings) -> tuple[bytes, Graph]:
    """Return what was read and its triples, parsed in the sandbox.

    NotFoundError for an address that the settings do not name; InvalidError for what
    cannot be read; UnavailableError where the address does not answer.
    """
    reader = Parser()
    try:
        if re.match("https?://", source):
            return _fetched(source, settings, reader)
        data = stdin.read(MAX_BYTES + 1) if source == "-" else Path(source).read_bytes()
        media_type = ENDINGS.get(Path(source).suffix) or _sniffed(data)
        return data, _parsed(reader, data, media_type, f"{settings.base_uri}/")
    finally:
        reader.close()


def _parsed(reader: Parser, data: bytes, media_type: str, base: str) -> Graph:
    quads = ox.parse(
        reader.read(data, media_type, base).encode(), format=ox.RdfFormat.N_QUADS
    )
    return formats.graph_of(quad.triple for quad in quads)


def _sniffed(data: bytes) -> str:
    """Return the media type that the first bytes look like: XML, JSON, else Turtle, of
    which N-Triples is a part.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return "application/ld+json"
    if re.match(rb"\s*<(\?xml|rdf:RDF|!)", data):
        return "application/rdf+xml"
    return "text/turtle"


def _fetched(source: str, settings: Settings, reader: Parser) -> tuple[bytes, Graph]:
    """Fetch an address and the pages that follow it on the same host."""
    if source not in settings.harvest_sources:
        raise NotFoundError(
            f"{source} không có trong harvest_sources của cấu hình; thêm vào đó trước"
        )
    graph, whole, seen, address = Graph(), bytearray(), set[str](), source
    until = time.monotonic() + _LONGEST
    with httpx.Client(
        timeout=_SECONDS, follow_redirects=False, trust_env=False
    ) as client:
        while address:
            seen.add(address)
            data, media_type = _answer(client, address, until)
            whole += data
            if len(whole) > MOST_BYTES or len(seen) > MOST_PAGES:
                raise InvalidError(
                    f"{source} có quá {MOST_PAGES} trang hoặc {MOST_BYTES} "
                    "byte; lấy bản ít hơn"
                )
            page = _parsed(reader, data, media_type, address)
            graph += page
            address = _next(page, address, seen)
    return bytes(whole), graph


def _answer(client: httpx.Client, address: str, until: float) -> tuple[bytes, str]:
    accepted = ", ".join(dict.fromkeys(ENDINGS.values()))
    try:
        with client.stream("GET", address, headers={"Accept": accepted}) as answer:
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MAX_BYTES:
                    raise InvalidError(f"Trang {address} lớn hơn {MAX_BYTES} byte")
                if time.monotonic() > until:
                    raise UnavailableError(f"{address} trả lời quá chậm")
    except httpx.HTTPError as error:
        raise UnavailableError(f"Không lấy được {address}") from error
    if answer.status_code != httpx.codes.OK:
        raise UnavailableError(f"{address} trả lời {answer.status_code}")
    return bytes(body), answer.headers.get("Content-Type", "").partition(";")[0].strip()


def _next(page: Graph, address: str, seen: set[str]) -> str:
    """Return the next page, nothing after the last; InvalidError where a run cannot go
    on, so that none ends unseen.
    """
    named = {
        str(link)
        for link in (
            *page.objects(None, HYDRA.next),
            *page.objects(None, HYDRA.nextPage),
        )
    }
    if not named:
        return ""
    try:
        target = urljoin(address, min(named))
        same = urlsplit(target)[:2] == urlsplit(address)[:2]
    except ValueError:
        target, same = "", False
    if not same or target in seen or len(named) > 1:
        raise InvalidError(
            f"Trang sau của {address} không rõ, lặp lại hoặc ở máy chủ khác; "
            "chưa nhận gì"
        )
    return target
