"""What every answer carries: content security policy and its companions."""

import base64
import hashlib
import re
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_compress import Compress
from jinja2 import Environment

OPEN = (  # public reads that scripts of any site may fetch
    *("/id/", "/doc/", "/catalog", "/dump/"),
    *("/oai", "/sparql", "/changes", "/.well-known/void", "/moi-nhat.atom"),
    *("/profile", "/api/"),
)
LOCAL = ("localhost", "127.0.0.1", "[::1]")  # what watches the service asks it there; no answer repeats the name
_YEAR = 31_536_000  # seconds
_SWAGGER = ("img-src 'self'", "img-src 'self' data:")  # its arrows are images inside its style sheet
_INLINE = re.compile(r"<script[^>]*>(document\.body\.className.*?)</script>", re.DOTALL)


def inline_script_hash(environment: Environment) -> str:
    """Return the CSP source of the one inline script, which the page template of the macros brings along."""
    loader = environment.loader
    if loader is None:
        raise ValueError("no template loader")
    source, _, _ = loader.get_source(environment, "govuk_frontend_jinja/template.html")
    found = _INLINE.findall(source)
    if len(found) != 1:
        raise ValueError(f"expected one inline script in the page template, found {len(found)}")
    return "'sha256-" + base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode() + "'"


def policy(script_hash: str) -> str:
    """Return the content security policy: own origin only, no inline style, no frames."""
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


def install(flask: Flask, base_uri: str) -> None:
    """Answer for the configured address alone, and add the headers to every answer."""
    address = urlsplit(base_uri)
    secure = address.scheme == "https"
    flask.config["TRUSTED_HOSTS"] = [address.hostname, *LOCAL]
    csp = policy(inline_script_hash(flask.jinja_env))
    flask.config["COMPRESS_REGISTER"] = False
    compress = Compress(flask)

    @flask.after_request
    def _compress(response: Response) -> Response:
        if response.cache_control.no_store:
            return response  # what only one person may see is not mixed with what others may choose
        return compress.after_request(response)

    @flask.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault(
            "Content-Security-Policy", csp.replace(*_SWAGGER) if request.endpoint == "guide.swagger" else csp
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        if request.path.startswith(OPEN):
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response
