"""Oxigraph in a folder behind the store port.

One process writes (the follower), in `live`; readers open the newest copy that it has
published, each query in a child of its own. A copy shares its files with `live` as long
as neither changes them, and costs milliseconds.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pyoxigraph as ox

from app import files
from app.errors import UnavailableError
from app.rdf.stores import asking
from app.rdf.stores.port import Answer, Question
from app.rdf.writing import formats

_LIVE, _PRESENT, _COPY = "live", "present", "copy-"
# seconds after a newer copy is there: longer than a query, which opens files as it
# goes, waits and runs
_KEPT = 30.0


class EmbeddedStore:
    """A store in a folder of this machine."""

    def __init__(self, folder: Path, bases: Sequence[str]) -> None:
        self._folder = folder
        self._bases = tuple(bases)
        self._live: ox.Store | None = None
        self._sandbox = asking.sandbox("answer")
        self._seen: tuple[str, ox.Store] | None = None

    def replace(self, graphs: Mapping[str, str]) -> None:
        """See the port."""
        with files.room():
            live = self._writable()
            added = []
            for name, text in graphs.items():
                graph = ox.NamedNode(name)
                live.remove_graph(graph)
                added += [
                    ox.Quad(t.subject, t.predicate, t.object, graph)
                    for t in formats.triples(text)
                ]
            live.extend(added)
            live.flush()

    def publish(self) -> None:
        """See the port."""
        with files.room():
            live, name = self._writable(), f"{_COPY}{uuid4().hex}"
            live.backup(str(self._folder / name))
            following = self._folder / f"{_PRESENT}.next"
            following.write_text(name, encoding="ascii")
            files.force(following)
            following.replace(self._folder / _PRESENT)
            files.force(self._folder)
        copies = sorted(self._folder.glob(f"{_COPY}*"), key=_made_at)
        for old, successor in pairwise(copies):
            if _made_at(successor) < _made_at(copies[-1]) - _KEPT:
                shutil.rmtree(old, ignore_errors=True)

    def names(self) -> set[str]:
        """See the port."""
        return {
            str(name.value)
            for name in self._readable().named_graphs()
            if isinstance(name, ox.NamedNode)
        }

    def graph(self, name: str) -> str:
        """See the port."""
        quads = self._readable().quads_for_pattern(None, None, None, ox.NamedNode(name))
        return "".join(sorted(f"{quad.triple} .\n" for quad in quads))

    def answer(self, question: Question) -> Answer:
        """See the port."""
        path = str(self._copy())
        options = {
            **asking.wishes(question),
            "default": json.dumps(question.default),
            "named": json.dumps(question.named),
            "path": path,
            "bases": " ".join(self._bases),
        }
        with asking.admitted():
            return asking.told(
                asking.asked(
                    self._sandbox,
                    asking.require_short(question.text),
                    reads=path,
                    **options,
                )
            )

    def resting(self) -> bool:
        """See the port."""
        return False

    def sound(self) -> bool:
        """See the port."""
        if not (self._folder / _LIVE / "CURRENT").exists():
            self._live = None  # somebody deleted it: what we have open leads nowhere
            return False
        with suppress(UnavailableError, OSError, RuntimeError):  # the last is RocksDB's
            self._readable()
            return True
        return False

    def clear(self) -> None:
        """See the port."""
        self._live = self._seen = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """See the port."""
        self._live = self._seen = None
        self._sandbox.close()

    def _writable(self) -> ox.Store:
        if self._live is None or not (self._folder / _LIVE / "CURRENT").exists():
            self._live = None
            self._folder.mkdir(parents=True, exist_ok=True)
            self._live = self._made()
        return self._live

    def _made(self) -> ox.Store:
        """Open the store; forget it all where it cannot be opened, so that it is built
        anew from nothing.
        """
        try:
            return ox.Store(str(self._folder / _LIVE))
        except (OSError, RuntimeError, ValueError) as error:  # as RocksDB finds it
            if "lock" in str(error).lower():
                raise UnavailableError(
                    "Đang có tiến trình khác ghi kho bộ ba"
                ) from error
            self.clear()
            raise UnavailableError("Kho bộ ba đã hỏng; đang được dựng lại") from error

    def _copy(self) -> Path:
        try:
            return self._folder / (self._folder / _PRESENT).read_text(encoding="ascii")
        except OSError as error:
            raise UnavailableError(
                "Kho bộ ba chưa có hoặc đang được dựng lại; thử lại sau ít phút"
            ) from error

    def _readable(self) -> ox.Store:
        copy = self._copy()
        if self._seen is None or self._seen[0] != copy.name:
            self._seen = (copy.name, ox.Store.read_only(str(copy)))
        return self._seen[1]


def _made_at(copy: Path) -> float:
    return copy.stat().st_mtime
