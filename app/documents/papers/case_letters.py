"""Letters about what one agency asks of another: a request for data, its refusal by the
owner, what the People's Committee proposes to a ministry. What each says by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.papers import parts
from app.documents.papers.letters import Annex, Letter
from app.documents.papers.writer import Writer
from app.workflow.official_words import counted, small_first, written


@dataclass(frozen=True)
class Requested:
    """A request for data as its letter says it; `bases` as papers cite them. The rest
    are the seven contents, "" where one is not said.
    """

    data: str
    receiver: str
    bases: Sequence[str]
    asking: str
    code: str
    application: str
    purpose: str
    items: Sequence[str]
    service: str
    form: str
    frequency: str
    other: str
    due_on: date | None


_UNSAID = "Không có"


def requesting(writer: Writer, said: Requested) -> Letter:
    """Return the letter that asks for data (“đề nghị khai thác dữ liệu”)."""
    until = f" chậm nhất {written(said.due_on)}" if said.due_on else ""
    items = [f"{place}. {item}" for place, item in enumerate(said.items, start=1)]
    rows = (
        ("Bên đề nghị", f"{said.asking}{said.code and f', mã {said.code}'}"),
        ("Ứng dụng sử dụng dữ liệu", said.application),
        ("Mục đích, cách sử dụng", said.purpose),
        ("Nội dung, hạng mục dữ liệu", "\n".join(items)),
        ("Dịch vụ chia sẻ dữ liệu", said.service),
        ("Hình thức khai thác", said.form),
        ("Tần suất", said.frequency),
        ("Nội dung khác", said.other),
    )
    return Letter(
        about=f"đề nghị khai thác dữ liệu {said.data}",
        receivers=(said.receiver,),
        paragraphs=(
            *(f"{basis};" for basis in said.bases),
            (
                f"{writer.name} đề nghị {said.receiver} cho phép khai thác "
                f"{counted(len(said.items))} hạng mục dữ liệu của "
                f"{small_first(said.data)}, theo các nội dung tại Phụ lục kèm theo."
            ),
            (
                f"{writer.name} cam kết sử dụng dữ liệu đúng mục đích, bảo đảm an "
                "toàn, không cung cấp cho bên khác và chịu trách nhiệm về việc sử "
                "dụng."
            ),
            (
                f"Đề nghị {said.receiver} trả lời bằng văn bản{until}; nếu từ chối, "
                "nêu lý do và căn cứ pháp luật hạn chế việc chia sẻ."
            ),
        ),
        annex=Annex(
            "Nội dung đề nghị khai thác dữ liệu",
            [
                parts.Column("STT", 12, centred=True),
                parts.Column("Nội dung", 48),
                parts.Column("Chi tiết", 105),
            ],
            [
                [str(place), heading, text or _UNSAID]
                for place, (heading, text) in enumerate(rows, start=1)
            ],
        ),
    )


def refusing_to_share(
    writer: Writer, data: str, asking: str, reason: str, bases: Sequence[str]
) -> Letter:
    """Return the notice that data are not shared, under the owner's own symbol: with
    the reason and the law that restricts sharing; without any such law there is no
    notice. ValueError then.
    """
    if not bases:
        raise ValueError(bases)
    return Letter(
        about=f"không chia sẻ dữ liệu {small_first(data)}",
        receivers=(asking,),
        paragraphs=(
            *(f"{basis};" for basis in bases),
            (
                f"Xem xét đề nghị khai thác dữ liệu {small_first(data)} của {asking}, "
                f"{writer.name} thông báo không chia sẻ dữ liệu được đề nghị, vì lý do "
                f"sau: {small_first(reason.rstrip('.'))}."
            ),
            (
                f"{asking} có quyền đề nghị xem xét lại, hoặc nêu vướng mắc để giải "
                "quyết theo quy định về chia sẻ dữ liệu."
            ),
        ),
        notice=True,
    )


@dataclass(frozen=True)
class Proposed:
    """What a ministry is asked to explain or to change: the unclear rule (as papers
    cite it, and its article), what hinders whom, what is proposed.
    """

    title: str
    rule: str
    article: str
    obstacles: Sequence[str]
    proposals: Sequence[str]
    due_on: date | None


def proposing(writer: Writer, said: Proposed) -> Letter:
    """Return the letter of the People's Committee that asks a ministry to clear an
    obstacle (“kiến nghị”).
    """
    where = " ".join(filter(None, (said.article, said.rule and f"của {said.rule}")))
    about = f", liên quan đến {small_first(where)}" if where else ""
    until = f" chậm nhất {written(said.due_on)}" if said.due_on else ""
    asked = said.proposals or ("Hướng dẫn, giải đáp các vướng mắc nêu trên.",)
    numbered = [f"{place}. {text}" for place, text in enumerate(asked, start=1)]
    hindered = [f"{place}. {text}" for place, text in enumerate(said.obstacles, 1)]
    return Letter(
        about=small_first(said.title),
        receivers=(),
        paragraphs=(
            (
                "Trong quá trình kết nối, chia sẻ dữ liệu giữa các cơ quan, "
                f"{writer.name} gặp {counted(len(said.obstacles))} khó khăn, vướng "
                f"mắc{about}, cụ thể:"
            ),
            *hindered,
            "Đề nghị quý cơ quan xem xét:",
            *numbered,
            (
                f"Ý kiến trả lời gửi về {writer.name}{until}. Trân trọng cảm ơn quý cơ "
                "quan."
            ),
        ),
    )
