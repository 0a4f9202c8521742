"""What every answer carries: content security policy and its companions."""

import base64
import hashlib
import re
from functools import partial
from urllib.parse import quote, urlsplit

from flask import Flask, Response, request
from flask_compress import Compress
from jinja2 import Environment

from app.config import Settings

OPEN = (  # public reads that scripts of any site may fetch
    *("/id/", "/doc/", "/catalog", "/dump/", "/dien-tap"),
    *("/oai", "/sparql", "/changes", "/.well-known/void", "/moi-nhat.atom"),
    *("/profile", "/api/"),
)
# what watches the service asks it there; no answer repeats the name
LOCAL = (
    "localhost",
    "127.0.0.1",
    "[::1]",
)
_UNQUOTED = "/:@!$&'()*+,;=~-._"  # what a path may hold as it is (RFC 3986 §3.3)
_SENDABLE = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "One-Time-Code"
)
_YEAR = 31_536_000  # seconds
# its arrows are images inside its style sheet
_SWAGGER = (
    "img-src 'self'",
    "img-src 'self' data:",
)
_INLINE = re.compile(r"<script[^>]*>(document\.body\.className.*?)</script>", re.DOTALL)


def inline_script_hash(environment: Environment) -> str:
    """Return the CSP source of the one inline script, which the page template of the
    macros brings along.
    """
    loader = environment.loader
    if loader is None:
        raise ValueError("no template loader")
    source, _, _ = loader.get_source(environment, "govuk_frontend_jinja/template.html")
    found = _INLINE.findall(source)
    if len(found) != 1:
        raise ValueError(
            f"expected one inline script in the page template, found {len(found)}"
        )
    return (
        "'sha256-"
        + base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode()
        + "'"
    )


def policy(script_hash: str) -> str:
    """Return the content security policy: own origin only, no inline style, no
    frames.
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {script_hash}",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _lead_on(former: dict[str, str], base: str) -> Response | None:
    """Answer 308 to whoever asks at a former address: the same path below the present
    one.
    """
    # nosemgrep: addresses-come-from-the-settings - compared; nothing is made of it
    asked = request.host.lower()
    old = former.get(asked)
    if old is None or asked == urlsplit(base).netloc.lower():
        return None
    path, below = quote(request.path, safe=_UNQUOTED), urlsplit(old).path
    if below and (path == below or path.startswith(f"{below}/")):
        path = path.removeprefix(below)
    query = quote(request.query_string, safe=f"{_UNQUOTED}%?")
    answer = Response(
        status=308,
        headers={"Location": f"{base}{path}" + (f"?{query}" if query else "")},
    )
    answer.headers["Cache-Control"] = "max-age=86400"
    return answer


def compress(flask: Flask) -> None:
    """Compress what may be, when all else that is done to an answer is done.

    What only one person may see is not mixed with what others may choose.
    """
    # a tenth smaller than by the library's 3, for half a millisecond of a large page
    flask.config |= {"COMPRESS_REGISTER": False, "COMPRESS_ZSTD_LEVEL": 6}
    compressing = Compress(flask)

    @flask.after_request
    def _compress(response: Response) -> Response:
        if response.cache_control.no_store:
            return response
        return compressing.after_request(response)


def _open(response: Response) -> None:
    """Let scripts of any site ask, and tell them beforehand what they may send."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Location"
    if request.method == "OPTIONS":
        methods = ", ".join(sorted(response.allow)) if response.allow else "GET"
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = _SENDABLE
        response.headers["Access-Control-Max-Age"] = "86400"


def install(flask: Flask, settings: Settings) -> None:
    """Answer for the configured address alone, lead there from those it had before, and
    add headers to every answer.
    """
    address = urlsplit(settings.base_uri)
    secure = address.scheme == "https"
    former = {urlsplit(base).netloc.lower(): base for base in settings.former_base_uris}
    flask.config["TRUSTED_HOSTS"] = [
        address.hostname,
        *LOCAL,
        *(urlsplit(base).hostname for base in former.values()),
    ]
    flask.before_request(partial(_lead_on, former, settings.base_uri))
    csp = policy(inline_script_hash(flask.jinja_env))

    @flask.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault(
            "Content-Security-Policy",
            csp.replace(*_SWAGGER) if request.endpoint == "guide.swagger" else csp,
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        if request.path.startswith(OPEN):
            _open(response)
        return response
