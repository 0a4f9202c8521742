"""What must hold for the register to start, and to be called ready: each a question
with a sentence for an answer.

A question returns None when all is well, else what is wrong and what to do, in
Vietnamese, without secrets or paths.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import text

from app import clock, jobs, journal, migrations
from app.accounts import sessions
from app.errors import DanhmucError, SetupError
from app.operations.installation import Installation, open_register
from app.rdf.publishing import catalogue

LOOPBACK = frozenset(["127.0.0.1", "localhost", "[::1]"])
LEAST_FREE = 200_000_000  # bytes of the disk that holds the data
MOST_BEHIND = 1000  # journal rows that a projection may be behind
MOST_AHEAD = timedelta(minutes=5)  # by which the last journal row may lie in the future
OLDEST_SERVER = 15  # PostgreSQL

Question = Callable[[Installation], str | None]


def require_safe(installation: Installation) -> None:
    """Raise SetupError unless the installation may serve: safe addresses, a whole
    schema, writes that are forced.
    """
    migrations.require_current(installation.database)
    for question in (_served_safely, _writes_are_forced):
        problem = question(installation)
        if problem:
            raise SetupError(problem)


def problems(installation: Installation) -> dict[str, str]:
    """Return what keeps the register from being ready, by question; empty when it
    is.
    """
    answers = {name: _asked(question, installation) for name, question in READY.items()}
    return {name: answer for name, answer in answers.items() if answer}


def _asked(question: Question, installation: Installation) -> str | None:
    try:
        return question(installation)
    except DanhmucError as error:
        return error.message


def incomplete(installation: Installation) -> dict[str, str]:
    """Return what the register still lacks to be published, though people can work; by
    question, empty when nothing.
    """
    with suppress(DanhmucError), open_register(installation, None, None) as register:
        if not catalogue.publisher(register, installation.settings):
            code = installation.settings.publisher_code
            return {
                "publisher": f"Chưa cơ quan nào giữ mã {code} (publisher_code), nên "
                "danh mục chưa có nơi công bố: ghi danh mã ấy, hoặc sửa cấu hình"
            }
    return {}


def _served_safely(installation: Installation) -> str | None:
    address = urlsplit(installation.settings.base_uri)
    if (
        address.scheme == "https"
        or address.hostname in LOOPBACK
        or installation.settings.demonstration
    ):
        return None
    return (
        "base_uri phải là https:// khi phục vụ thật; đặt máy chủ trung gian có TLS "
        "phía trước (docs/operate.md)"
    )


def _writes_are_forced(installation: Installation) -> str | None:
    with installation.database.connection() as connection:
        if connection.dialect.name == "sqlite":
            forced = connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # noqa: PLR2004 - FULL
            return None if forced else "SQLite phải chạy với synchronous=FULL"
        version = (
            int(connection.execute(text("SHOW server_version_num")).scalar_one())
            // 10_000
        )
        if version < OLDEST_SERVER:
            return f"PostgreSQL {version} quá cũ; cần {OLDEST_SERVER} trở lên"
        if connection.execute(text("SHOW fsync")).scalar() != "on":
            return (
                "PostgreSQL đang tắt fsync: bật lại, nếu không sẽ mất dữ liệu khi "
                "mất điện"
            )
        if not connection.execute(
            text("SELECT 'Z' < 'a' AND 'z' < 'á'")
        ).scalar():  # as bytes go, whoever sorts
            return (
                "Cơ sở dữ liệu xếp chữ theo ngôn ngữ; tạo lại với LOCALE 'C' "
                "(docs/operate.md)"
            )
    return None


def _can_write(installation: Installation) -> str | None:
    installation.database.probe()
    return None


def _schema_is_whole(installation: Installation) -> str | None:
    migrations.require_current(installation.database)
    return None


def _projections_follow(installation: Installation) -> str | None:
    with installation.database.reading() as session:
        head = journal.head(session)
        behind = {
            projection.name: head - journal.position(session, projection.name)
            for projection in installation.projections
        }
    late = [
        f"{name} chậm {rows} dòng"
        for name, rows in behind.items()
        if rows > MOST_BEHIND
    ]
    return "; ".join(late) or None


def _disk_has_room(installation: Installation) -> str | None:
    try:
        free = shutil.disk_usage(installation.settings.data_dir).free
    except OSError:
        return (
            "Chưa có thư mục dữ liệu (data_dir), hoặc không đọc được nó: tạo lại, "
            "hoặc chạy “danhmuc migrate”"
        )
    return None if free > LEAST_FREE else f"Ổ đĩa chỉ còn {free // 1_000_000} MB trống"


def _clock_goes_on(installation: Installation) -> str | None:
    with installation.database.reading() as session:
        last = session.get(journal.JournalRow, journal.head(session))
    if last is not None and last.at > clock.now() + MOST_AHEAD:
        return "Đồng hồ máy chậm hơn dòng nhật ký mới nhất; chỉnh lại giờ"
    doubt = jobs.doubt(installation.database)
    if doubt is not None:
        return (
            f"Đồng hồ máy nói hôm nay là {doubt.today:%d/%m/%Y}, mà ngày làm việc cuối "
            f"là {doubt.last:%d/%m/%Y}: việc hằng ngày tạm dừng. Chỉnh lại giờ, hoặc "
            "nếu đúng là hôm nay thì chạy “danhmuc confirm-day”"
        )
    return None


MEASURES: dict[str, str] = {  # what is measured when somebody asks, each by part
    "journal_row": "Number of the last row of the journal",
    "projection_behind_rows": "Journal rows that a projection has not followed yet",
    "disk_free_bytes": "Room on the disk that holds the data",
    "log_ins": "Log-ins that have not ended",
    "ready": "1 where a question of /readyz has a good answer",
}


def measured(installation: Installation) -> dict[str, dict[str, float]]:
    """Return every measure by part; what the database does not tell now is left out."""
    figures: dict[str, dict[str, float]] = {
        "ready": {
            name: float(_asked(question, installation) is None)
            for name, question in READY.items()
        },
    }
    with suppress(OSError):
        figures["disk_free_bytes"] = {
            "data": shutil.disk_usage(installation.settings.data_dir).free
        }
    with suppress(DanhmucError), installation.database.reading() as session:
        head = journal.head(session)
        figures["journal_row"] = {"journal": head}
        figures["log_ins"] = {"sessions": sessions.count(session)}
        figures["projection_behind_rows"] = {
            projection.name: head - journal.position(session, projection.name)
            for projection in installation.projections
        }
    return figures


READY: dict[str, Question] = {
    "write": _can_write,
    "schema": _schema_is_whole,
    "projections": _projections_follow,
    "disk": _disk_has_room,
    "clock": _clock_goes_on,
}
