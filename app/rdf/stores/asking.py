"""Has a query answered in the sandbox, few at once, and says in our own words why it is
not.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from app.doors import Door
from app.errors import (
    ExhaustedError,
    InvalidError,
    MalformedError,
    NotAcceptableError,
    UnavailableError,
)
from app.rdf.stores import answering
from app.rdf.stores.port import MOST_QUERY, Answer, Question
from app.sandbox import Limits, Sandbox

LIMITS = Limits(cpu=5, wall=5.0, memory=512 << 20, answer=48 << 20)
AT_ONCE = 2  # queries that run
_DOOR = Door(
    "sparql",
    AT_ONCE,
    waiting=2,
    patience=2.0,
    message="Đang có nhiều câu hỏi cùng lúc; thử lại sau ít giây",
)


@contextmanager
def admitted() -> Iterator[None]:
    """Let a query in; UnavailableError at once where enough run and wait already."""
    with _DOOR.passing():
        yield


def sandbox(task: str) -> Sandbox:
    """Return a sandbox for one of the functions of `answering`."""
    return Sandbox(
        f"app.rdf.stores.answering:{task}", LIMITS, slots=AT_ONCE, door="sparql-child"
    )


def asked(held: Sandbox, data: bytes, *, reads: str = "", **options: str) -> bytes:
    """Run it; MalformedError, NotAcceptableError or UnavailableError, as the port
    says.
    """
    try:
        return held.run(data, reads=reads, **options)
    except ExhaustedError as error:
        message = (
            f"Câu hỏi cần quá {LIMITS.wall:.0f} giây hoặc quá nhiều bộ nhớ nên đã "
            "dừng (timeout); hãy hỏi hẹp hơn"
        )
        raise UnavailableError(message) from error
    except InvalidError as error:
        raise _refused(error.message) from error


def _refused(text: str) -> Exception:
    if text.startswith(answering.FORMAT):
        return NotAcceptableError(text.removeprefix(answering.FORMAT))
    for prefix in (answering.ROWS, answering.GONE):
        if text.startswith(prefix):
            return UnavailableError(text.removeprefix(prefix))
    return MalformedError(text.removeprefix(answering.SYNTAX))


def require_short(text: str) -> bytes:
    """Return a query as bytes; MalformedError for one that is too long."""
    data = text.encode()
    if len(data) > MOST_QUERY:
        raise MalformedError(f"Câu hỏi dài {len(data)} byte; tối đa {MOST_QUERY} byte")
    return data


def told(answer_: bytes) -> Answer:
    """Return what a function of `answering` returned, as an answer."""
    media_type, _, body = answer_.partition(b"\n")
    return Answer(media_type.decode(), body)


def wishes(question: Question) -> dict[str, str]:
    """Return how an answer is wanted, as the sandbox is told it: in which format rows
    and triples, and how many rows at most, where the question says so.
    """
    wanted = {"results": question.results or "", "triples": question.triples or ""}
    if question.first:
        wanted["first"] = str(question.first)
    return wanted
