"""Any SPARQL 1.1 store over HTTP behind the store port: through its query protocol and
its graph store protocol.

`https://host/query?store=/store`: the address is asked, `store` says where graphs are
put; `store` beside the address, as the Oxigraph server has it, where nothing is said.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

import httpx
import pyoxigraph as ox

from app.errors import MalformedError, UnavailableError
from app.rdf.stores import answering, asking
from app.rdf.stores.port import Answer, Question
from app.rdf.writing import records
from catalog_schema.namespaces import PREFIXES

_SECONDS = 10.0  # for a write, or to read one graph
_REST = 10.0  # seconds for which a store that was found unreachable is left alone
_MOST_BYTES = 48 << 20
_TOO_MUCH = (
    "Câu hỏi cần quá nhiều thời gian hoặc cho quá nhiều (timeout); hãy hỏi hẹp hơn"
)
_NAMES = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_N_TRIPLES, _JSON = "application/n-triples", "application/sparql-results+json"
_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


class RemoteStore:
    """A store on a server that does not leave the province's network."""

    def __init__(self, url: str, bases: Sequence[str]) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        self._query = urlunsplit((*parts[:3], "", ""))
        self._graphs = urljoin(self._query, options.get("store", "store"))
        self._bases = tuple(bases)
        self._below = tuple(f"{base}/id/" for base in bases)
        self._client = _client()
        self._checker = asking.sandbox("check")
        self._formatter = asking.sandbox("write")
        self._rests_until = 0.0

    def replace(self, graphs: Mapping[str, str]) -> None:
        """See the port."""
        for name, text in graphs.items():
            where = {"graph": name}
            if text:
                headers = {"Content-Type": _N_TRIPLES}
                self._send(
                    "PUT",
                    self._graphs,
                    params=where,
                    content=text.encode(),
                    headers=headers,
                )
            else:
                self._send("DELETE", self._graphs, missing=True, params=where)

    def publish(self) -> None:
        """See the port: a server shows at once what it is given."""

    def names(self) -> set[str]:
        """See the port."""
        answer_rows = self._ask(_NAMES, _JSON, _SECONDS)
        rows = json.loads(answer_rows)["results"]["bindings"]
        return {
            row["g"]["value"]
            for row in rows
            if row["g"]["value"].startswith(self._below)
        }

    def graph(self, name: str) -> str:
        """See the port."""
        answer = self._send(
            "GET",
            self._graphs,
            missing=True,
            params={"graph": name},
            headers={"Accept": _N_TRIPLES},
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ""
        triples = ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)
        return "".join(sorted({f"{quad.triple} .\n" for quad in triples}))

    def answer(self, question: Question) -> Answer:
        """See the port."""
        data = asking.require_short(question.text)
        with asking.admitted():
            checked = asking.asked(
                self._checker, data, path="", bases=" ".join(self._bases)
            )
            form, default, named = answering.CheckedQuery(*json.loads(checked))
            media_type = _N_TRIPLES if form in answering.GRAPH_FORMS else _JSON
            if question.default or question.named:
                default, named = list(question.default), list(question.named)
            graphs = {"default-graph-uri": default, "named-graph-uri": named}
            body = self._ask(
                question.text,
                media_type,
                asking.LIMITS.wall,
                {k: v for k, v in graphs.items() if v},
            )
            wishes = {"form": form, **asking.wishes(question)}
            return asking.told(asking.asked(self._formatter, body, path="", **wishes))

    def resting(self) -> bool:
        """See the port."""
        return time.monotonic() < self._rests_until

    def sound(self) -> bool:
        """See the port: a server that was emptied lacks the graph of the catalogue
        itself.
        """
        return self.graph(f"{self._bases[-1]}/id/{records.CATALOGUE}") != ""

    def clear(self) -> None:
        """See the port; what is not ours stays."""
        self.replace(dict.fromkeys(sorted(self.names()), ""))

    def close(self) -> None:
        """See the port."""
        self._client.close()
        self._client = _client()
        self._checker.close()
        self._formatter.close()

    def _ask(
        self,
        text: str,
        media_type: str,
        seconds: float,
        graphs: Mapping[str, list[str]] | None = None,
    ) -> bytes:
        """Return what the server answers to a query; the register's prefixes are
        declared in front of it.
        """
        form = {"query": _PREFIXES + text, **(graphs or {})}
        stream = self._client.stream(
            "POST",
            self._query,
            data=form,
            headers={"Accept": media_type},
            timeout=seconds,
        )
        until = time.monotonic() + seconds
        with self._reaching(), stream as answer:
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES or time.monotonic() > until:
                    raise UnavailableError(_TOO_MUCH)
            if answer.status_code == httpx.codes.BAD_REQUEST:
                raise MalformedError("Câu hỏi SPARQL không đọc được")
            _require_good(answer)
        return bytes(body)

    def _send(
        self, method: str, url: str, *, missing: bool = False, **body: Any
    ) -> httpx.Response:
        """Return the answer to a request that must succeed; with `missing`, one about
        what is not there may.
        """
        try:
            with self._reaching():
                answer = self._client.request(method, url, **body)
        except UnavailableError:
            # of our own requests none takes so long on a server that is well
            self._rest()
            raise
        if not (missing and answer.status_code == httpx.codes.NOT_FOUND):
            _require_good(answer)
        return answer

    def _rest(self) -> None:
        self._rests_until = time.monotonic() + _REST

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        # of a query: somebody asked too much, which says nothing of the server
        except httpx.ReadTimeout as error:
            raise UnavailableError(_TOO_MUCH) from error
        except httpx.HTTPError as error:
            self._rest()
            raise UnavailableError(
                "Không kết nối được kho bộ ba; thử lại sau ít phút"
            ) from error


def _client() -> httpx.Client:
    return httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False)


def _require_good(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise UnavailableError(
            f"Kho bộ ba trả lời {answer.status_code}; thử lại sau ít phút"
        )
