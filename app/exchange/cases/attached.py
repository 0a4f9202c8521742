"""Files that come along with what is done to a case."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from app import files
from app.errors import FieldError, InvalidError, NotFoundError
from app.exchange.cases.inputs import SentFile
from app.exchange.cases.models import Case, CaseStep
from app.files import File
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.proposals.attachments import MOST_BYTES


def keep(desk: Desk, name: str, content: bytes, data_dir: Path, quota: int) -> SentFile:
    """Keep a file for the actor's agency, which may keep `quota` bytes with its cases;
    InvalidError for one that we do not keep, or that is too large.
    """
    name = clean(name)[:255]
    files.sniff(name, content)
    wrong = None
    if len(content) > MOST_BYTES:
        wrong = f"Tệp quá {MOST_BYTES // 1_000_000} MB; nén hoặc chia nhỏ"
    elif used(desk, desk.actor.agency_id) + len(content) > quota:
        wrong = f"Cơ quan đã dùng hết {quota // 1_000_000} MB cho tệp kèm các việc"
    if wrong:
        raise InvalidError(wrong, [FieldError("file", "size", wrong)])
    kept = files.put(desk.session, data_dir, name, content)
    desk.session.flush()
    return SentFile(kept.sha256, name)


def used(desk: Desk, agency_id: UUID) -> int:
    """Return how many bytes an agency keeps with cases; the same file counts once."""
    sent = select(CaseStep.file).where(CaseStep.agency_id == agency_id)
    total = select(func.coalesce(func.sum(File.size), 0)).where(File.sha256.in_(sent))
    return desk.session.scalar(total) or 0


def name_of(case: Case, sha256: str) -> str:
    """Return what a file of a case is called; NotFoundError for any other file."""
    for step in case.steps:
        if step.file == sha256:
            return str(step.given["file"]["name"])
    raise NotFoundError("Việc này không có tệp đó")
