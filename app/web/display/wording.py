"""Words and forms of the screens: states with their tag colours, dates, numbers."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app import clock
from app.clock import OPEN_END, OPEN_START
from app.config import Province
from app.permissions import Action, Role
from app.register.codes import CodeStatus
from app.register.conditions import STANDING, Condition
from app.register.queries import EntryView
from app.register.standing import State
from app.web.display import case_words
from app.web.http import language
from app.workflow.campaigns.problems import Problem, ProblemKind
from app.workflow.consultations.running import StepKind
from app.workflow.proposals import actions
from app.workflow.proposals.lifecycle import Status, Step
from app.workflow.proposals.models import ProposalType
from app.workflow.review_help.risks import Risk
from app.workflow.time.terms import Rule
from catalog_schema.profile import Field, Kind, Profile, Stage

YES, NO = _("Có"), _("Không")

ROLES: Mapping[Role, object] = {
    Role.REGISTRAR: _("Cán bộ đầu mối"),
    Role.HEAD: _("Lãnh đạo cơ quan duyệt"),
    Role.REVIEWER: _("Cán bộ thẩm định"),
    Role.APPROVER: _("Người phê duyệt"),
    Role.DRAFTER: _("Người soạn thảo"),
    Role.CLERK: _("Văn thư"),
    Role.AUDITOR: _("Kiểm tra viên"),
    Role.ADMINISTRATOR: _("Quản trị tài khoản"),
}

STATUSES: Mapping[Status, tuple[object, str]] = {
    Status.DRAFT: (_("Dự thảo"), "govuk-tag--grey"),
    Status.ENDORSING: (_("Chờ lãnh đạo duyệt"), "govuk-tag--orange"),
    Status.SUBMITTED: (_("Chờ tiếp nhận"), ""),
    Status.IN_REVIEW: (_("Đang thẩm định"), "app-tag--light-blue"),
    Status.RETURNED: (_("Yêu cầu bổ sung"), "govuk-tag--yellow"),
    Status.RECOMMENDED: (_("Chờ phê duyệt"), "govuk-tag--purple"),
    Status.APPROVED: (_("Đã duyệt, chờ ban hành"), "govuk-tag--turquoise"),
    Status.ENTERED: (_("Đã vào danh mục"), "govuk-tag--green"),
    Status.REJECTED: (_("Không phê duyệt"), "govuk-tag--red"),
    Status.WITHDRAWN: (_("Đã rút"), "govuk-tag--grey"),
}

NEXT: Mapping[Status, object] = {
    Status.DRAFT: _("Cơ quan lập phiếu điền tiếp rồi gửi thẩm định."),
    Status.ENDORSING: _(
        "Lãnh đạo cơ quan lập phiếu duyệt để gửi, hoặc chuyển lại cho người soạn."
    ),
    Status.SUBMITTED: _("Đơn vị thẩm định tiếp nhận hồ sơ."),
    Status.IN_REVIEW: _(
        "Cán bộ thẩm định xem xét, rồi yêu cầu bổ sung hoặc trình phê duyệt."
    ),
    Status.RETURNED: _(
        "Cơ quan lập phiếu bổ sung theo ý kiến rồi gửi lại; thời hạn thẩm định "
        "tạm dừng."
    ),
    Status.RECOMMENDED: _("Người phê duyệt quyết định."),
    Status.APPROVED: _("Chờ số và ngày của quyết định ban hành."),
    Status.ENTERED: _("Nội dung đã có trong danh mục."),
    Status.REJECTED: _("Đã kết thúc; có thể sao chép thành phiếu mới."),
    Status.WITHDRAWN: _("Đã kết thúc theo yêu cầu của cơ quan lập phiếu."),
}

TYPES: Mapping[ProposalType, object] = {
    ProposalType.REGISTER: _("Đăng ký mới"),
    ProposalType.AMEND: _("Sửa đổi"),
    ProposalType.CONFIRM: _("Xác nhận còn chính xác"),
    ProposalType.SUSPEND: _("Tạm ngừng chia sẻ"),
    ProposalType.END: _("Đưa ra khỏi danh mục"),
}

ACTIONS: Mapping[Action, object] = {
    action: _(rule.word) for action, rule in actions.ACTIONS.items()
}

RISKS: Mapping[Risk, object] = {
    Risk.DUPLICATE: _("Có thể trùng"),
    Risk.REPEALED: _("Căn cứ hết hiệu lực"),
    Risk.RETURNED: _("Đã từng trả lại"),
    Risk.SENSITIVE: _("Dữ liệu nhạy cảm"),
    Risk.CORE: _("Dữ liệu cốt lõi, quan trọng"),
    Risk.ENDS: _("Ngừng, chấm dứt"),
}

# of an entry, whatever has become of the thing that it is about
ENTRY_STATES: Mapping[State, object] = {
    State.IN_FORCE: _("Đang có"),
    State.NOT_YET: _("Chưa đến ngày"),
    State.SUSPENDED: _("Tạm ngừng"),
    State.ENDED: _("Đã kết thúc"),
}

# how the thing itself stands; with the day since when, where it is known
CONDITIONS: Mapping[Condition, tuple[object, object, str]] = {
    Condition.IN_FORCE: (_("Đang hiệu lực"), None, "govuk-tag--green"),
    Condition.NOT_YET: (
        _("Chưa có hiệu lực"),
        _("Có hiệu lực từ %(day)s"),
        "govuk-tag--turquoise",
    ),
    Condition.SUSPENDED: (_("Tạm ngừng chia sẻ"), None, "govuk-tag--pink"),
    Condition.LAPSED: (
        _("Hết hiệu lực"),
        _("Hết hiệu lực từ %(day)s"),
        "govuk-tag--grey",
    ),
    Condition.ENDED: (
        _("Đã kết thúc"),
        _("Đã kết thúc từ %(day)s"),
        "govuk-tag--grey",
    ),
    Condition.UNDETERMINED: (_("Chưa xác định hiệu lực"), None, "govuk-tag--yellow"),
    Condition.START_UNKNOWN: (
        _("Chưa xác định ngày bắt đầu"),
        None,
        "govuk-tag--yellow",
    ),
    Condition.IN_USE: (_("Đang dùng"), None, "govuk-tag--green"),
    Condition.RESERVED: (
        _("Dự kiến"),
        _("Dự kiến dùng từ %(day)s"),
        "govuk-tag--turquoise",
    ),
    Condition.CLOSED: (_("Đã đóng"), _("Đã đóng từ %(day)s"), "govuk-tag--grey"),
    Condition.CORRECTED: (_("Đã đính chính"), None, "govuk-tag--grey"),
}

INTAKES: Mapping[str, object] = {
    "waiting": _("Chờ xác nhận"),
    "entered": _("Đã vào danh mục"),
    "rejected": _("Đã kết thúc"),
}

# step → its name, its colour, who does what next

# what a province may be, in a sentence
_PROVINCE_TYPES: Mapping[str, object] = {"tỉnh": _("tỉnh"), "thành phố": _("thành phố")}


def province_type(province: Province) -> str:
    """Return what the province is, as a word of a sentence."""
    return str(_PROVINCE_TYPES.get(province.type, province.type))


QUESTION_STEPS: Mapping[str, object] = {  # of a consultation or a campaign
    StepKind.REMINDED: _("Nhắc các cơ quan chưa trả lời"),
    StepKind.EXTENDED: _("Gia hạn"),
    StepKind.CLOSED: _("Kết thúc"),
}
PROBLEMS: Mapping[str, object] = {
    ProblemKind.PENDING: _("đang có phiếu sửa đổi số %(what)s"),
    ProblemKind.LAPSED: _("căn cứ đã hết hiệu lực: %(what)s"),
    ProblemKind.DISSOLVED: _("đầu mối thuộc cơ quan không còn hoạt động: %(what)s"),
}


def problem(found: Problem) -> str:
    """Say what is known to be wrong with a database."""
    return str(PROBLEMS[found.kind]) % {"what": found.what}


REPLIES: Mapping[str | None, object] = {
    None: _("Chưa trả lời"),
    "unchanged": _("Không thay đổi"),
    "changing": _("Có thay đổi, sẽ lập phiếu"),
}

VERDICTS: Mapping[str | None, object] = {
    None: _("Chưa trả lời"),
    "agree": _("Đồng ý"),
    "comments": _("Đồng ý, có góp ý"),
    "disagree": _("Không đồng ý"),
    "silent": _("Không trả lời trong hạn"),
    "unasked": _("Chưa trả lời khi kết thúc"),
}

STAGES: Mapping[Stage, object] = {  # when a field has to be there
    Stage.DRAFT: _("lập phiếu"),
    Stage.SUBMIT: _("gửi thẩm định"),
    Stage.ENTER: _("vào danh mục"),
}

STANDINGS: Mapping[CodeStatus, tuple[object, str]] = {
    CodeStatus.IN_USE: (_("Đang dùng"), "govuk-tag--green"),
    CodeStatus.RESERVED: (_("Dự kiến"), "govuk-tag--turquoise"),
    CodeStatus.CLOSED: (_("Đã đóng"), "govuk-tag--grey"),
    CodeStatus.UNCERTAIN: (_("Chưa xác định"), "govuk-tag--yellow"),
    CodeStatus.UNKNOWN: (_("Không có trong danh mục"), "govuk-tag--red"),
}


def label(texts: Mapping[str, str]) -> str:
    """Return the text of the request's language, Vietnamese when there is no other."""
    return texts.get(language.current()) or texts["vi"]


CERTAINTY = "do-tin-cay"
_CHECKED = {"toan-van", "da-doi-chieu"}
_SAID_ITSELF = {"minh-hoa", "co-quan-khai"}  # made up, or of the agency that says so


def certainty(profile: Profile, code: str) -> str:
    """Return how certain an entry is, as the department reads it."""
    return label(profile.lists.concept(CERTAINTY, code).labels)


def checked(profile: Profile, code: str) -> str:
    """Return what the public reads of how certain an entry is."""
    if code in _SAID_ITSELF:
        return certainty(profile, code)
    return str(_("Đã đối chiếu") if code in _CHECKED else _("Chưa xác minh"))


def condition(view: EntryView) -> tuple[str, str]:
    """Return how the thing of an entry stands, in words, and the colour of its tag."""
    words, words_since, colour = CONDITIONS[view.thing.condition]
    since = view.thing.since
    in_force = view.thing.condition in STANDING
    if since in {None, OPEN_START, OPEN_END} or in_force or words_since is None:
        return str(words), colour
    return str(words_since) % {"day": day(since)}, colour


def what_became(view: EntryView, named: Mapping[UUID, EntryView]) -> str:
    """Return what has become of a thing that is no more: since when, and what came in
    its place as far as `named` has it; empty for one that stands.
    """
    if not view.thing.over:
        return ""
    heirs = [named[heir] for heir in view.thing.successors if heir in named]
    names = ", ".join(heir.content.get("number") or heir.title for heir in heirs)
    told, _colour = condition(view)
    replaced = str(_("thay bằng %(names)s")) % {"names": names}
    return f"{told} – {replaced}" if names else told


def day(value: date) -> str:
    """Return a day as 31/12/2026, in words where it is open or unknown."""
    if value == OPEN_START:
        return str(_("chưa xác định"))
    return str(_("không xác định")) if value == OPEN_END else value.strftime("%d/%m/%Y")


def span(start: date, end: date) -> str:
    """Return days `[start, end)` in words; the end shown is the first day on which it
    no longer holds.
    """
    if start == OPEN_START < end:
        unknown = str(_("chưa xác định ngày bắt đầu"))
        till = str(_("đến trước %(end)s", end=day(end)))
        return unknown if end == OPEN_END else f"{unknown}, {till}"
    if end == OPEN_END:
        return str(_("từ %(start)s", start=day(start)))
    if start == end:
        return str(_("hết hiệu lực từ %(day)s", day=day(end)))
    return str(_("từ %(start)s đến trước %(end)s", start=day(start), end=day(end)))


def instant(value: datetime) -> str:
    """Return an instant as 14:05 31/12/2026, at +07:00."""
    return clock.local(value).strftime("%H:%M %d/%m/%Y")


def number(value: int) -> str:
    """Return a whole number with dots between thousands."""
    return f"{value:,}".replace(",", "." if language.current() == "vi" else ",")


def capitalize_first(text: str) -> str:
    """Return the text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def typed_day(text: str) -> str:
    """Return a day of a content as 31/12/2026; one that was typed wrongly as it was
    typed.
    """
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return "/".join(reversed(text.split("-")))


def draft_title(kind: Kind, content: Mapping[str, Any]) -> str:
    """Return what a draft is called, whatever has been typed so far."""
    value = content.get(kind.title_field)
    text = value.get("vi") if isinstance(value, Mapping) else value
    return str(text or _("Chưa đặt tên"))[:300]


def path_label(kind: Kind, name: str, content: Mapping[str, Any] | None = None) -> str:
    """Return the labels on the way to a dotted name; a row is named by its number and,
    from `content`, its title.
    """
    members, here = kind.fields, content or {}
    labels: list[str] = []
    for step in name.split("."):
        found = next((member for member in members if member.name == step), None)
        here = _step(here, step)
        if found is None:
            labels[-1:] = [" ".join([*labels[-1:], _row(members, step, here)])]
            continue
        labels.append(label(found.labels))
        members = found.fields
    return " › ".join(labels)


def _step(here: Any, step: str) -> Any:
    if isinstance(here, list) and step.isdecimal() and int(step) < len(here):
        return here[int(step)]
    return here.get(step) if isinstance(here, Mapping) else None


def _row(members: Sequence[Field], step: str, row: Any) -> str:
    number = str(int(step) + 1) if step.isdecimal() else step
    title = row.get(members[0].name) if isinstance(row, Mapping) and members else None
    text = title.get("vi") if isinstance(title, Mapping) else title
    return f"{number} “{str(text)[:60]}”" if text else number


def located(kind: Kind, content: Mapping[str, Any], name: str, message: str) -> str:
    """Return what is wrong with a field, led by where it is unless the message says so
    itself.
    """
    path = path_label(kind, name, content)
    rows, _, last = path.rpartition(" › ")
    where = rows if last and last in message else path
    return f"{where}: {message}" if where else message


_SHORT = (
    (re.compile(r"\bNĐ (?=\d)"), "Nghị định "),
    (re.compile(r"\bQĐ (?=\d)"), "Quyết định "),
    (re.compile(r"\bTT (?=\d)"), "Thông tư "),
    (re.compile(r"\bNQ (?=\d)"), "Nghị quyết "),
    (re.compile(r"\bĐ(\d+)"), r"Điều \1"),
    (re.compile(r"(Điều \d+)\((\d+)\)([a-zđ])\b"), r"\1 khoản \2 điểm \3"),
    (re.compile(r"(Điều \d+)\((\d+)\)"), r"\1 khoản \2"),
)
_CERTAINTY: Mapping[str, object] = {  # the marks of how certain a source is, in words
    "[T, lịch sử]": _("(đã đọc toàn văn; văn bản đã hết hiệu lực)"),
    "[T]": _("(đã đọc toàn văn)"),
    "[V một phần]": _("(đối chiếu một phần)"),
    "[V]": _("(đối chiếu nguồn đã nêu)"),
    "[S]": _("(nguồn thứ cấp)"),
    "[M]": _("(chưa kiểm chứng)"),
    "[I]": _("(suy luận)"),
    "[P]": _("(bài báo năm 2021)"),
}


def clause(source: str) -> str:
    """Return the source of a field in words: “NĐ 47/2020 Đ11(4)a” is the form in which
    the profile keeps it.
    """
    return _clause(source, language.current())


@cache
def _clause(source: str, _language: str) -> str:
    for pattern, words in _SHORT:
        source = pattern.sub(words, source)
    for mark, text in _CERTAINTY.items():
        source = source.replace(mark, str(text))
    return source


_UNITS: Mapping[str, object] = {
    "working-day": _("%(n)s ngày làm việc"),
    "day": _("%(n)s ngày"),
    "hour": _("%(n)s giờ"),
    "month": _("%(n)s tháng"),
    "at-once": _("ngay"),
    "working-day-before": _("trước %(n)s ngày làm việc"),
    "before-day": _("trước ngày %(n)s"),
    "none": _("không nêu số ngày"),
}


_UNREAD: Mapping[str, object] = {
    "I": _("chưa xác minh được thời hạn theo luật"),
    "S1": _("chỉ để tham khảo, không dùng để tính"),
}


def term(rule: Rule) -> str:
    """Return how long a rule gives, in words; where no number could be read, that, and
    never that the law has none.
    """
    if rule.unit == "fixed-day":
        return typed_day(rule.amount)
    if rule.unit == "none" and rule.certainty in _UNREAD:
        return str(_UNREAD[rule.certainty])
    return (
        str(_UNITS[rule.unit]) % {"n": rule.amount}
        if rule.amount
        else str(_UNITS[rule.unit])
    )


STEPS: Mapping[Step, object] = {
    Step.ENDORSEMENT: _("lãnh đạo cơ quan duyệt"),
    Step.RECEIVING: _("tiếp nhận"),
    Step.CONSULTATION: _("lấy ý kiến"),
    Step.RECOMMENDATION: _("trình phê duyệt"),
}

SETTINGS: Mapping[str, object] = {
    "database_url": _("Cơ sở dữ liệu"),
    "search_url": _("Chỉ mục tìm kiếm"),
    "data_dir": _("Thư mục dữ liệu"),
    "base_uri": _("Địa chỉ gốc của danh mục"),
    "provinces": _("Tên tỉnh, thành phố theo thời gian"),
    "publisher_code": _("Mã của cơ quan công bố"),
    "demonstration": _("Bản trình diễn"),
    "featured_day": _("Ngày được gợi ý ở trang chủ"),
    "trusted_proxy": _("Địa chỉ của máy chủ trung gian được tin"),
    "attachment_megabytes": _("Số MB tệp kèm của mỗi cơ quan"),
    "contact": _("Địa chỉ thư của đơn vị vận hành"),
    "mail_server": _("Máy chủ gửi thư"),
    "mail_from": _("Địa chỉ gửi thư"),
    "feed_page_size": _("Số cơ sở dữ liệu trên một trang thu thập siêu dữ liệu"),
    "harvest_sources": _("Địa chỉ danh mục của nơi khác được phép lấy về"),
    "probe_hosts": _("Máy chủ dữ liệu mở được phép hỏi ngày sửa"),
    "former_base_uris": _("Các địa chỉ gốc trước đây"),
    "store_url": _("Kho bộ ba cho SPARQL"),
    "retention_days": _("Số ngày giữ dấu vết truy cập đã hết hạn"),
    "review_days": _("Số ngày làm việc để trả lời phiếu"),
    "request_days": _("Số ngày làm việc để trả lời đề nghị khai thác dữ liệu"),
    "obstacle_days": _("Số ngày làm việc để trả lời vướng mắc"),
    "promulgate": _("Loại đối tượng vào danh mục bằng quyết định"),
    "steps": _("Các bước mà đơn vị dùng"),
    "deadlines": _("Tệp thời hạn theo quy định của địa phương"),
    "working_days": _("Tệp ngày nghỉ, ngày làm bù của địa phương"),
    "idle_minutes": _("Số phút không thao tác thì hết phiên"),
    "idle_minutes_administrator": _(
        "Số phút không thao tác thì hết phiên, với quản trị"
    ),
    "session_hours": _("Số giờ dài nhất của một phiên"),
    "unused_days": _("Số ngày không dùng thì khóa tài khoản"),
    "unused_days_privileged": _(
        "Số ngày không dùng thì khóa tài khoản phê duyệt, văn thư, quản trị"
    ),
}

PARTS: Mapping[str, object] = {  # projections and daily tasks
    "search": _("Chỉ mục tìm kiếm"),
    "rdf": _("Dữ liệu liên kết (RDF)"),
    "triples": _("Kho bộ ba cho SPARQL"),
    "note-head": _("Ghi chỗ cuối của nhật ký ra ngoài cơ sở dữ liệu"),
    "announce-day": _("Báo mục đổi trạng thái theo ngày"),
    "forget-old": _("Xóa dấu vết truy cập đã hết hạn"),
    "disable-unused": _("Khóa tài khoản lâu không dùng"),
    "settle-terms": _("Ghi hạn cho phiếu gửi từ trước"),
    "remind-due": _("Nhắc việc sắp đến hạn, quá hạn"),
    "summarise": _("Gửi bản tin hằng ngày"),
    "sign-codes": _("Ký danh sách mã định danh hằng đêm"),
    "finish-cases": _("Kết thúc đề nghị, nhu cầu khi dữ liệu đã chạy"),
    "lapse-consultations": _("Ghi nhận cơ quan không trả lời ý kiến trong hạn"),
    "remind-unused": _("Nhắc người lâu không dùng tài khoản"),
}

_EVENTS: Mapping[str, object] = {
    "entry.entered": _("Vào danh mục"),
    "entry.amended": _("Phiên bản mới vào danh mục"),
    "entry.ended": _("Hết hiệu lực"),
    "proposal.attached": _("Kèm tệp"),
    "proposal.detached": _("Gỡ tệp"),
    "entry.confirmed": _("Được xác nhận còn chính xác"),
    "entry.moved": _("Chuyển theo việc kế thừa"),
    "entry.restored": _("Trả về như trước theo việc đính chính"),
    "proposal.moved": _("Chuyển theo việc kế thừa"),
    "dossier.sent": _("Gửi hồ sơ"),
    "campaign.opened": _("Mở đợt rà soát"),
    "campaign.answered": _("Một cơ quan trả lời đợt rà soát"),
    "campaign.closed": _("Kết thúc đợt rà soát"),
    "campaign.reminded": _("Nhắc các cơ quan chưa trả lời đợt rà soát"),
    "campaign.extended": _("Gia hạn đợt rà soát"),
    "consultation.reminded": _("Nhắc các cơ quan chưa cho ý kiến"),
    "consultation.extended": _("Gia hạn lần lấy ý kiến"),
    "consultation.asked": _("Lấy ý kiến các cơ quan"),
    "consultation.answered": _("Một cơ quan trả lời ý kiến"),
    "consultation.handled": _("Giải trình một ý kiến"),
    "consultation.closed": _("Kết thúc lần lấy ý kiến"),
    "decision.begun": _("Mở dự thảo quyết định"),
    "decision.frozen": _("Chốt phụ lục quyết định"),
    "decision.sent": _("Trình quyết định"),
    "decision.given-back": _("Ủy ban nhân dân trả lại dự thảo quyết định"),
    "decision.dropped": _("Bỏ dự thảo quyết định"),
    "decision.signed": _("Ban hành quyết định"),
    "decision.thawed": _("Mở lại dự thảo quyết định"),
    "decision.rectification-asked": _("Đề nghị sửa thông tin ghi nhận của quyết định"),
    "decision.rectified": _("Sửa thông tin ghi nhận của quyết định"),
    "decision.rectification-refused": _("Không sửa thông tin ghi nhận của quyết định"),
    "decision.effect-amended": _("Quyết định khác sửa ngày có hiệu lực"),
    "decision.mended": _("Ghi nhận công văn đính chính"),
    "entry.reserved": _("Dành trước mã cho mục chờ quyết định"),
    "entry.relaid": _("Đặt lại thời gian hiệu lực theo quyết định"),
    "intake.prepared": _("Chuẩn bị một đợt nhập"),
    "upload.kept": _("Tải lên một tệp để đăng ký"),
    "upload.ordered": _("Ghi các dòng của tệp thành phiếu"),
    "upload.recalled": _("Thu hồi các phiếu gửi từ tệp"),
    "intake.entered": _("Xác nhận một đợt nhập"),
    "intake.rejected": _("Kết thúc một đợt nhập"),
    "intake.first": _("Đợt nhập đầu tiên của danh mục trống"),
    "succession.settled": _("Đã chuyển xong những gì đến ngày kế thừa"),
    "entry.day": _("Đến ngày có hiệu lực hoặc hết hiệu lực"),
    "file.imported": _("Nhận một tệp"),
    "person.added": _("Thêm người dùng"),
    "person.disabled": _("Khóa tài khoản"),
    "person.enabled": _("Mở tài khoản"),
    "person.invited": _("Tạo liên kết đặt mật khẩu"),
    "person.password": _("Đặt mật khẩu"),
    "person.second-factor": _("Cài ứng dụng xác thực"),
    "person.second-factor-removed": _("Gỡ ứng dụng xác thực"),
    "post.added": _("Thêm vị trí"),
    "post.asked": _("Đề nghị giao vị trí duyệt"),
    "post.held": _("Giao vị trí"),
    "post.left": _("Thôi giữ vị trí"),
    "post.refused": _("Bỏ đề nghị giao vị trí"),
    "rights.reviewed": _("Rà soát quyền"),
    "token.issued": _("Cấp khóa cho chương trình"),
    "token.revoked": _("Thu hồi khóa của chương trình"),
    "post.delegated": _("Ủy quyền vị trí"),
    "post.moved": _("Vị trí chuyển sang cơ quan kế thừa"),
}


def journal_named(action: str) -> str:
    """Return what a journal row's action is called on screen."""
    if action in case_words.JOURNALLED:
        return str(gettext("Việc: %(act)s", act=case_words.JOURNALLED[action]))
    verb = action.removeprefix("proposal.")
    named = (
        ACTIONS[Action(verb)]
        if action != verb and verb in set(Action) and Action(verb) in ACTIONS
        else None
    )
    return str(named or _EVENTS.get(action, action))


def named_in(kind: Kind, name: str) -> str:
    """Say what an entry is to those of a kind that name it in a field."""
    declared = dict(kind.walk())[name]
    if declared.inverse_labels:
        return label(declared.inverse_labels)
    if name.rpartition(".")[2] == "legal_basis":
        return str(gettext("Là căn cứ của: %(kinds)s", kinds=label(kind.plural)))
    return f"{label(kind.plural)}: {label(declared.labels)}"
