"""What is noted of every request: a number, one line in the log, figures."""

import os
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.operations import health
from app.operations.installation import Installation
from app.operations.workers import FIGURES

_log = structlog.get_logger()
_SECRETS = frozenset({"secret"})  # parts of addresses that are nobody else's business
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Figures:
    """The figures of one application, in a registry of its own."""

    def __init__(self, found: Installation) -> None:
        self.registry = CollectorRegistry()
        labels = ["route", "method"]
        self.requests = Counter(
            "danhmuc_requests",
            "Requests answered",
            [*labels, "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "danhmuc_request_seconds", "Time to answer", labels, registry=self.registry
        )
        self.open = Gauge(
            "danhmuc_requests_open",
            "Requests that are being answered",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self._installation = found

    def text(self) -> bytes:
        """Return everything as Prometheus reads it: what all processes have counted,
        and what the register itself measures now.
        """
        counted = [self.registry, self._installation.database.figures]
        if FIGURES in os.environ:
            together = CollectorRegistry()
            multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
            counted = [together]
        measured = CollectorRegistry()
        measured.register(Measures(self._installation))
        return b"".join(generate_latest(registry) for registry in (*counted, measured))


class Measures(Collector):
    """What the register measures when somebody asks."""

    def __init__(self, found: Installation) -> None:
        self._installation = found

    def collect(self) -> Iterator[Metric]:
        """Yield every measure by part."""
        for name, parts in health.measured(self._installation).items():
            text = health.MEASURES[name]
            family = GaugeMetricFamily(f"danhmuc_{name}", text, labels=["part"])
            for part, value in parts.items():
                family.add_metric([part], value)
            yield family


def install(flask: Flask, found: Installation) -> None:
    """Note every request; first of all that comes in and last of all that goes out."""
    figures = Figures(found)
    flask.extensions["danhmuc-figures"] = figures

    @flask.before_request
    def _begin() -> None:
        g.request_id, g.begun = uuid4().hex[:16], time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)
        figures.open.inc()
        g.open = True

    @flask.teardown_request
    def _over(_error: BaseException | None) -> None:
        if g.pop("open", False):
            figures.open.dec()

    @flask.after_request
    def _end(response: Response) -> Response:
        if "begun" not in g:
            return response  # refused before anything was asked
        taken = time.perf_counter() - g.pop("begun")
        route = request.url_rule.rule if request.url_rule else "-"
        figures.requests.labels(route, _method(), response.status_code).inc()
        figures.seconds.labels(route, _method()).observe(taken)
        response.headers["X-Request-ID"] = g.request_id
        _log.info(
            "request",
            status=response.status_code,
            ms=round(taken * 1000, 1),
            route=route,
            **_who(),
        )
        return response


def _method() -> str:
    """Return the method where it is one that HTTP knows: else each invented one would
    be a figure of its own.
    """
    return request.method if request.method in _METHODS else "-"


def _who() -> dict[str, Any]:
    """Return what the log says of a request: who, from where, about what; no query, no
    form, no secret.
    """
    arguments = {
        name: str(value)[:100]
        for name, value in (request.view_args or {}).items()
        if name not in _SECRETS
    }
    # where a page asked who it is; nothing is looked up for the log alone
    user = g.get("_login_user")
    person = user.get_id() if user is not None else None
    found = {
        "method": _method(),
        "from": request.remote_addr,
        "person": person,
        "about": arguments,
    }
    return {name: value for name, value in found.items() if value}
