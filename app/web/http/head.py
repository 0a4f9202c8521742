"""HEAD is GET without a body, whatever a view makes of methods."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class HeadIsGet:
    """Has an application asked HEAD answer GET, nothing sent along, nothing sent back.

    A view that tells GET from everything else would take HEAD for a POST, without the
    token that a POST needs.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] != "HEAD":
            return self.application(environ, start)
        environ = environ | {
            "REQUEST_METHOD": "GET",
            "CONTENT_LENGTH": "0",
            "CONTENT_TYPE": "",
            "wsgi.input": BytesIO(),
        }
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        body = self.application(environ, start)
        close = getattr(body, "close", None)
        if close is not None:
            close()
        return []
