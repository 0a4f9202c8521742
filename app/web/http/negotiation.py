"""Which format an answer has, and which validators: one table for pages and
documents.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from types import MappingProxyType
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import MIMEAccept

from app.errors import NotAcceptableError
from app.rdf.writing.formats import FORMATS, QUADS, Format, Quads
from app.web.http.current import installation

HTML = "html"
DOCUMENTS: dict[str, Format | Quads] = {**FORMATS, **QUADS}  # how one thing is told


def negotiate(default: str, known: Mapping[str, Format | Quads] = FORMATS) -> str:
    """Return the extension of the format that Accept prefers, `default` first;
    NotAcceptableError for none.
    """
    media_types = {
        "text/html": HTML,
        **{f.media_type: f.extension for f in known.values()},
    }
    best = preferred(
        sorted(media_types, key=lambda media: media_types[media] != default)
    )
    if best is None:
        offered = [form.media_type for form in known.values()]
        if default == HTML:
            offered.insert(0, "text/html")
        raise NotAcceptableError("Chỉ có các định dạng: " + ", ".join(offered))
    return media_types[best]


def preferred(
    offered: Sequence[str], alike: Mapping[str, str] = MappingProxyType({})
) -> str | None:
    """Return which media type Accept prefers, the first where it does not say, None for
    none; `alike`: other names.
    """
    if not request.accept_mimetypes.provided:
        return offered[0]
    asked = [
        (media.partition(";")[0].strip(), quality)
        for media, quality in request.accept_mimetypes
    ]
    return MIMEAccept(
        [(alike.get(media, media), quality) for media, quality in asked]
    ).best_match(offered)


def split_extension(name: str) -> tuple[str, str | None]:
    """Split `CSDL-0007.ttl` into the identifier and the extension, None when the name
    has none of ours.
    """
    stem, dot, extension = name.rpartition(".")
    return (stem, extension) if dot and extension in DOCUMENTS else (name, None)


def alternates(path: str, known: Mapping[str, Format | Quads] = FORMATS) -> str:
    """Return the Link header that leads to what is asked for, below `path`, in each
    format (RFC 8288).
    """
    base, asked = (
        installation().settings.base_uri,
        f"?{urlencode(request.args)}" if request.args else "",
    )
    links = (
        f'<{base}/{path}{f.extension}{asked}>; rel="alternate"; type="{f.media_type}"'
        for f in known.values()
    )
    return ", ".join(links)


def finish(answer: Response, modified: datetime | None) -> Response:
    """Give an answer its validators and answer 304 where the reader has it already."""
    if not answer.is_streamed:
        answer.add_etag()
    answer.headers["Cache-Control"] = "no-cache"
    if modified is not None:
        answer.headers["Last-Modified"] = format_datetime(
            modified.astimezone(UTC).replace(microsecond=0), usegmt=True
        )
    answer.make_conditional(request)
    return answer
