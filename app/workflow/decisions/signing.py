"""What a signed paper may not say: no impossible decision enters the register.

What cannot be is refused. What is only unlikely is asked: whoever records it says why
it is so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app import clock
from app.errors import FieldError
from app.journal import JournalRow
from app.register.models import Entry, Version
from app.workflow.consultations import queries as consultation_queries
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision, Effect
from app.workflow.decisions.rules import LAW, body
from app.workflow.decisions.text import Wording
from app.workflow.official_words import printed_name
from app.workflow.proposals.models import Proposal

NUMBER = re.compile(r"[0-9]{1,6}(/[0-9]{4})?/QĐ-[A-ZĐ0-9-]{1,30}")
_FAR = 300  # numbers apart from the last of the year
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Signature:
    """What the signed decision says of itself, and the file of it (sha256).

    `differences`: what its text says otherwise than the frozen one. `why`: why what is
    unlikely is so.
    """

    number: str
    signed_on: date | None
    signatory: str
    effective_from: date | None
    file: str | None
    issuer_name: str
    differences: Sequence[str] = field(default=())
    why: str = ""


def wrong(desk: Desk, decision: Decision, signature: Signature) -> list[FieldError]:
    """Return what a signed paper may not say of itself."""
    return [
        FieldError(name, "signature", sentence)
        for name, sentence in _impossible(desk, decision, signature)
    ]


def _impossible(
    desk: Desk, decision: Decision, signature: Signature
) -> Iterator[tuple[str, str]]:
    if not NUMBER.fullmatch(signature.number):
        yield "number", "Nhập số, ký hiệu như trên văn bản, ví dụ 1234/QĐ-UBND"
    if signature.file is None:
        yield "signed", "Chọn tệp quyết định đã ký"
    signed_on = signature.signed_on
    if signed_on is None or signed_on > clock.today():
        yield "signed_on", "Nhập ngày ký, không sau hôm nay"
        return
    frozen = printed_name(Wording.of(decision.wording).signatory)
    if printed_name(signature.signatory) != frozen:
        message = f"Bản đã chốt in người ký là “{frozen}”"
        mend = "nếu người khác ký thì mở lại dự thảo, sửa rồi chốt lại"
        yield "signatory", f"{message}; {mend}"
    yield from _effective(decision, signature)
    for event, day in _earlier(desk, decision):
        if signed_on < day:
            message = f"Ngày ký trước {event} ({day:%d/%m/%Y})"
            yield "signed_on", f"{message}; nếu ngày đó ghi sai thì sửa ngày đó trước"
    taken = _taken(desk, decision, signature)
    if taken is not None:
        message = f"Số {signature.number} của năm {signed_on.year} đã có trong danh mục"
        yield "number", f"{message} văn bản ({taken.local_id}); kiểm tra lại số"


def _effective(decision: Decision, signature: Signature) -> Iterator[tuple[str, str]]:
    day, signed_on = signature.effective_from, signature.signed_on
    if decision.effect is Effect.SIGNING:
        if day not in (None, signed_on):
            message = "Bản đã chốt ghi “có hiệu lực kể từ ngày ký”"
            yield "effective_from", f"{message}; nhập ngày ký, hoặc mở lại dự thảo"
        return
    if day is None or day != decision.effective_from:
        frozen = decision.effective_from
        frozen_day = f"{frozen:%d/%m/%Y}" if frozen else "–"
        message = f"Bản đã chốt ghi có hiệu lực từ {frozen_day}"
        mend = "nếu bản ký ghi khác thì mở lại dự thảo, sửa rồi chốt lại"
        yield "effective_from", f"{message}; {mend}"
    elif signed_on is not None and day < signed_on:
        yield "effective_from", "Ngày có hiệu lực không được trước ngày ký quyết định"


def _earlier(desk: Desk, decision: Decision) -> Iterator[tuple[str, date]]:
    """Yield what has to have happened before a decision is signed, with its day."""
    members = select(Proposal.id).where(Proposal.decision_id == decision.id)
    approvals = select(func.max(JournalRow.at)).where(
        JournalRow.action == "proposal.approve", JournalRow.proposal_id.in_(members)
    )
    approved = desk.session.scalar(approvals)
    if approved is not None:
        yield "ngày phê duyệt phiếu cuối cùng", clock.local(approved).date()
    for consultation in consultation_queries.about(desk.session, decision):
        if consultation.closed_at is not None:
            yield "ngày khép lấy ý kiến", clock.local(consultation.closed_at).date()
    reported = day_of_report(decision.report or "")
    if reported is not None:
        yield "ngày của tờ trình", reported


def day_of_report(report: str) -> date | None:
    """Return the day that is written with the number of a report, where there is
    one.
    """
    match = _DAY.search(report)
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _taken(desk: Desk, decision: Decision, signature: Signature) -> Entry | None:
    """Return the document that has this number, year and issuer already (NĐ 30/2020,
    Điều 15).
    """
    query = select(Entry, Version.content).join(Version, Version.entry_id == Entry.id)
    same = query.where(
        Entry.kind == LAW, Version.content["number"].as_string() == signature.number
    )
    year, issuer = str(signature.signed_on)[:4], body(signature.issuer_name)
    for entry, content in desk.session.execute(same):
        of_year = str(content.get("issued", ""))[:4] == year
        same_issuer = body(content.get("issuer_name", "")) == issuer
        if of_year and same_issuer and entry.id != decision.entry_id:
            document: Entry = entry
            return document
    return None


def unlikely(desk: Desk, decision: Decision, signature: Signature) -> list[str]:
    """Return what is asked about a signed paper: whoever records it says why."""
    signed_on = signature.signed_on
    if signed_on is None:
        return []
    questions = []
    if not desk.office.calendar.works(signed_on):
        questions.append(f"Ngày ký {signed_on:%d/%m/%Y} không phải ngày làm việc")
    questions += _out_of_order(desk, decision, signature, signed_on)
    questions += [
        f"Bản ký khác bản đã chốt: {difference}" for difference in signature.differences
    ]
    return questions


def _out_of_order(
    desk: Desk, decision: Decision, signature: Signature, signed_on: date
) -> Iterator[str]:
    query = select(Decision.symbol, Decision.signed_on).where(
        Decision.id != decision.id,
        Decision.signed_on >= date(signed_on.year, 1, 1),
        Decision.signed_on <= date(signed_on.year, 12, 31),
    )
    number = _number(signature.number)
    before, after = [0], [number]
    for symbol, day in desk.session.execute(query):
        if day is not None and day < signed_on:
            before.append(_number(symbol))
        if day is not None and day > signed_on:
            after.append(_number(symbol))
    last = max(before)
    if last > number or min(after) < number:
        yield f"Thứ tự của số {signature.number} không theo thứ tự ngày ký trong năm"
    elif last and number - last > _FAR:
        yield f"Số {signature.number} cách xa số gần nhất trong năm ({last})"


def _number(symbol: str | None) -> int:
    match = re.match(r"\d+", symbol or "")
    return int(match[0]) if match else 0
