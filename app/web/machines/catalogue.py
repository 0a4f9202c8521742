"""The catalogue for machines: in pages at `/catalog.ttl`, whole as a dump with its
SHA-256; what is newest as Atom.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import wraps

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from app.doors import Door
from app.errors import MalformedError, NotFoundError
from app.operations.installation import open_register
from app.permissions import PUBLIC, declares
from app.rdf.publishing import dumps, feed
from app.rdf.publishing.catalogue import texts
from app.rdf.publishing.void import description
from app.rdf.writing import formats, records
from app.rdf.writing.formats import FORMATS
from app.register import arguments
from app.web.display import atom
from app.web.http.current import installation, opened
from app.web.http.negotiation import HTML, alternates, finish, negotiate
from app.web.http.sending_files import from_disk
from app.web.machines.feed_requests import everything, receive, require_one

blueprint = Blueprint("catalogue", __name__)

NAME = "danh-muc"  # of the files of a dump
NEWEST = 50  # versions in the feed for people


blueprint.after_request(receive)


@blueprint.get("/catalog")
@declares(None)
def negotiated() -> BaseResponse:
    """Serve a page of the catalogue in the format of Accept, Turtle by default."""
    extension = negotiate("ttl")
    answer = _catalogue("ttl" if extension == HTML else extension)
    answer.vary.add("Accept")
    return answer


@blueprint.get("/catalog.<extension>")
@declares(None)
def fixed(extension: str) -> BaseResponse:
    """Serve a page of the catalogue in one format, or with `full=1` the whole."""
    return _catalogue(_known(extension))


def _known(extension: str) -> str:
    if extension not in FORMATS:
        raise NotFoundError(
            "Danh mục có ở dạng: " + ", ".join(f"/catalog.{name}" for name in FORMATS)
        )
    return extension


def _catalogue(extension: str) -> Response:
    given = request.args
    if given.get("full") in {"1", "true"}:
        return _whole(extension)
    with opened() as register:
        named, shown = (
            arguments.day(given.get("as_of")),
            feed.snapshot(register, _row(given)),
        )
    with open_register(
        installation(), named or shown.as_of, shown.known_at, PUBLIC
    ) as register:
        settings = installation().settings
        asked = feed.PageRequest(
            extension,
            _page(given),
            named.isoformat() if named else None,
            everything(given),
            arguments.page_size(given.get("per_page"), settings.feed_page_size),
        )
        body, modified = feed.page(register, settings, asked), register.changed()
    answer = Response(body, content_type=FORMATS[extension].content_type)
    return _linked(answer, "catalog.", modified)


def _linked(answer: Response, path: str, modified: datetime | None) -> Response:
    """Lead to the same in the other formats, and to what it describes."""
    thing = (
        f'<{installation().settings.base_uri}/id/{records.CATALOGUE}>; rel="describes"'
    )
    answer.headers["Link"] = f"{alternates(path)}, {thing}"
    return finish(answer, modified)


def _row(given: Mapping[str, str]) -> int | None:
    require_one(given, "snapshot", "known_at")
    return arguments.number(given.get("snapshot") or given.get("known_at"))


def _page(given: Mapping[str, str]) -> int:
    number = arguments.whole(given.get("page", "1"))
    if not number:
        raise MalformedError("page phải là số trang, từ 1")
    return number


def _once_more(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """Have a view of files run again where another process has just forgotten the file
    that it found.
    """

    @wraps(view)
    def trying(extension: str) -> Response:
        with suppress(FileNotFoundError):
            return view(extension)
        return view(extension)

    return trying


@_once_more
def _whole(extension: str) -> Response:
    found, modified = _dump(extension)
    answer = from_disk(
        found.path, FORMATS[extension].content_type, found.sha256, f"{NAME}.{extension}"
    )
    return _linked(answer, f"dump/{NAME}.", modified)


# a day that is past is written when somebody asks for it
_DOOR = Door("dump", places=2, waiting=2)


def _dump(extension: str) -> tuple[dumps.Dump, datetime | None]:
    if "snapshot" in request.args:
        raise MalformedError(
            "Tệp trọn nhận as_of và known_at; snapshot là của các trang"
        )
    with _DOOR.passing(), opened() as register:
        found = dumps.dump(
            register,
            installation().settings,
            extension,
            everything=everything(request.args),
        )
        return found, register.changed()


@blueprint.get("/dump/danh-muc.<extension>")
@declares(None)
def plain(extension: str) -> BaseResponse:
    """Serve the whole catalogue as a file."""
    return _whole(_known(extension))


@blueprint.get("/dump/danh-muc.<extension>.gz")
@declares(None)
@_once_more
def packed(extension: str) -> Response:
    """Serve the whole catalogue as a file compressed with gzip."""
    found, modified = _dump(_known(extension))
    with _DOOR.passing():
        file = dumps.zipped(found)
    answer = from_disk(
        file,
        "application/gzip",
        f"{found.sha256}-gz",
        f"{NAME}.{extension}.gz",
    )
    return finish(answer, modified)


@blueprint.get("/dump/danh-muc.<extension>.sha256")
@declares(None)
@_once_more
def checksum(extension: str) -> Response:
    """Serve the SHA-256 of a dump, plain (`ttl`) or packed (`ttl.gz`), in the form that
    `sha256sum -c` reads.
    """
    found, modified = _dump(_known(extension.removesuffix(".gz")))
    total = found.sha256
    if extension.endswith(".gz"):
        with _DOOR.passing(), dumps.zipped(found).open("rb") as file:
            total = hashlib.file_digest(file, "sha256").hexdigest()
    return finish(
        Response(
            f"{total}  {NAME}.{extension}\n", content_type="text/plain; charset=utf-8"
        ),
        modified,
    )


@blueprint.get("/.well-known/void")
@declares(None)
def void() -> BaseResponse:
    """Tell machines what there is, in the format of Accept, Turtle by default (VoID
    §3).
    """
    wanted = negotiate("ttl")
    chosen = FORMATS["ttl" if wanted == HTML else wanted]
    with opened() as register:
        graph, modified = (
            description(register, installation().settings),
            register.changed(),
        )
    answer = finish(
        Response(chosen.write(formats.of(graph)), content_type=chosen.content_type),
        modified,
    )
    answer.vary.add("Accept")
    return answer


@blueprint.get("/moi-nhat.atom")
@declares(None)
def newest() -> BaseResponse:
    """Tell people's feed readers which versions entered last (RFC 4287)."""
    with opened() as register:
        settings = installation().settings
        title = texts(settings, register.at.as_of)[0][1]
        views, changed = register.latest(NEWEST), register.changed()
        answer = atom.feed(
            register, views, title, settings.base_uri, "/", "/moi-nhat.atom"
        )
    return finish(answer, changed)
