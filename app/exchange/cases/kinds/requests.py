"""A request for data (đề nghị khai thác): an agency asks, the owner gives all or some
items, or refuses in writing with the reason and the law that restricts it.

“Agreed” and “data run” are two things: a case stays open until a connection is live.
An owner without an account answers by letter; the same term runs.
"""

from collections.abc import Iterable
from uuid import UUID

from app.errors import FieldError, TransitionError
from app.exchange.cases import clocks, follow_up, inputs, rules, running
from app.exchange.cases.kind import CaseKind, CaseRule
from app.exchange.cases.lifecycle import CasePart, CaseStatus, Side
from app.exchange.cases.models import Case
from app.exchange.cases.rules import S
from app.exchange.connections import Connection
from app.permissions import Action
from app.register.content.facts import name_key
from app.register.content.hashing import Content
from app.register.queries import Register
from app.register.standing import State, moment
from app.vietnamese import clean
from app.workflow.context import Desk

NAME = "data-request"
MORE_TIME = "term "  # how the origin of a request begins that extends an agreement
REGULAR = "thuong-xuyen"  # of the form: over a connection, not once
PREPARER = frozenset({CasePart.PREPARER})


def _(text: str) -> str:
    """Mark a word for translation; it is translated where it is shown."""
    return text


def _owner(register: Register, content: Content) -> UUID | None:
    """Return whom the request is for: the agency that is named, else the owner of the
    database.
    """
    if content.get("addressee"):
        return rules.uuid(content["addressee"])
    database = rules.present(register, content.get("database"))
    return rules.uuid(database.content.get("owner")) if database else None


def _problems(desk: Desk, case: Case) -> Iterable[FieldError]:
    """Ask for items that the database has, of another agency's database."""
    if case.answering_id == case.asking_id:
        message = "Đây là dữ liệu của chính cơ quan; chọn dữ liệu của cơ quan khác"
        field = "addressee" if case.content.get("addressee") else "database"
        yield FieldError(field, "own", message)
    register = Register(desk.session, desk.profile, moment(desk.session))
    database = rules.present(register, case.content.get("database"))
    if database is None:
        return
    there = {name_key(name): name for name in items_of(database.content)}
    for item in case.content.get("items", ()):
        if there and name_key(item) not in there:
            message = (
                f"Cơ sở dữ liệu không có hạng mục “{item}”; các hạng mục: "
                f"{'; '.join(list(there.values())[:10])}"
            )
            yield FieldError("items", "reference", message)


def items_of(content: Content) -> list[str]:
    """Return the names of the items of a database."""
    names = (item.get("name") for item in content.get("data_items", ()))
    return [
        name.get("vi", "") if isinstance(name, dict) else str(name)
        for name in names
        if name
    ]


# -- the answer


def _items(case: Case, items: Iterable[str]) -> tuple[list[str], list[FieldError]]:
    """Return the given items as the request spells them, and what is wrong."""
    by_key = {name_key(item): item for item in case.content.get("items", ())}
    chosen = list(dict.fromkeys(name_key(clean(item)) for item in items))
    strange = [key for key in chosen if key not in by_key]
    if strange or not chosen:
        message = "Chọn ít nhất một hạng mục trong số được đề nghị"
        return [], [FieldError("items", "required", message)]
    return [by_key[key] for key in chosen], []


def _require_items(_desk: Desk, case: Case, filled: inputs.Grant) -> None:
    rules.refuse(_items(case, filled.items)[1])


def _require_basis(desk: Desk, _case: Case, filled: inputs.Refusal) -> None:
    rules.refuse(_refusal_errors(desk, filled))


def _refusal_errors(
    desk: Desk, filled: inputs.Refusal | inputs.PaperRefusal
) -> list[FieldError]:
    """Ask for the reason and the law that restricts sharing (NĐ 194/2025 Đ16(2))."""
    errors = rules.lacks(filled.reason, "reason", "Nêu lý do từ chối")
    register = Register(desk.session, desk.profile, moment(desk.session))
    laws = register.by_ids(filled.basis)
    standing = {
        view.id
        for view in laws.values()
        if view.kind == "legal-document" and view.state is State.IN_FORCE
    }
    if not filled.basis or set(filled.basis) - standing:
        message = (
            "Từ chối phải nêu căn cứ pháp luật hạn chế việc chia sẻ, chọn trong các "
            "văn bản của danh mục; chưa có căn cứ thì không từ chối được"
        )
        errors.append(FieldError("basis", "required", message))
    return errors


def _require_paper_grant(_desk: Desk, case: Case, filled: inputs.PaperGrant) -> None:
    errors = rules.paper_errors(case, filled)
    rules.refuse(errors + _items(case, filled.items)[1])


def _require_paper_refusal(desk: Desk, case: Case, filled: inputs.PaperRefusal) -> None:
    rules.refuse(rules.paper_errors(case, filled) + _refusal_errors(desk, filled))


def _grant(_desk: Desk, case: Case, filled: inputs.Grant | inputs.PaperGrant) -> None:
    items, _wrong = _items(case, filled.items)
    whole = len(items) == len(case.content.get("items", ()))
    case.answer = {
        "outcome": "granted" if whole else "partly",
        "items": items,
        "text": clean(filled.text),
        **rules.paper(filled),
    }


def _refuse(
    _desk: Desk, case: Case, filled: inputs.Refusal | inputs.PaperRefusal
) -> None:
    case.answer = {
        "outcome": "refused",
        "text": clean(filled.reason),
        "basis": [str(law) for law in filled.basis],
        **rules.paper(filled),
    }


def waits_for_connection(case: Case) -> bool:
    """Tell whether what was asked for is to run over a connection that is not there
    yet: not what is given once, nor more time for what runs.
    """
    more_time = (case.origin or "").startswith(MORE_TIME)
    return case.content.get("form") == REGULAR and not more_time


def _runs(case: Case, connection: Connection) -> bool:
    items = (case.answer or {}).get("items", ())
    carried = all(connection.carries(item) for item in items)
    return waits_for_connection(case) and carried


def _require_live(desk: Desk, case: Case) -> None:
    """Ask for a live connection; what is given once, or longer, waits for none."""
    if waits_for_connection(case) and running.since(desk, case, _runs) is None:
        raise TransitionError(
            "Chưa có kết nối đang khai thác từ cơ sở dữ liệu này đến cơ quan đề nghị; "
            "việc còn mở cho đến khi dữ liệu chạy"
        )


KIND = CaseKind(
    name=NAME,
    about="database",
    runs=_runs,
    asked_in="database",
    answering=_owner,
    term=clocks.by_terms(lambda _case: "answer-request"),
    problems=_problems,
    words={CaseStatus.ANSWERED: _("Đã đồng ý, dữ liệu chưa chạy")},
    rules={
        **rules.writing(),
        **rules.talking(*S),
        Action.PREPARE_GRANT: CaseRule(
            word=_("Đồng ý cung cấp"),
            moves={S.SENT: S.GRANT_PREPARED},
            takes=inputs.Grant,
            precondition=_require_items,
            effect=_grant,
            involves=CasePart.PREPARER,
            side=Side.ANSWERING,
        ),
        Action.PREPARE_REFUSAL: CaseRule(
            word=_("Từ chối"),
            moves={S.SENT: S.REFUSAL_PREPARED},
            takes=inputs.Refusal,
            precondition=_require_basis,
            effect=_refuse,
            involves=CasePart.PREPARER,
            side=Side.ANSWERING,
        ),
        Action.CONFIRM_ANSWER: CaseRule(
            word=_("Xác nhận câu trả lời"),
            moves={S.GRANT_PREPARED: S.ANSWERED, S.REFUSAL_PREPARED: S.REFUSED},
            barred=PREPARER,
            side=Side.ANSWERING,
            grave=True,
        ),
        Action.SEND_ANSWER_BACK: CaseRule(
            word=_("Chuyển lại người soạn"),
            moves={S.GRANT_PREPARED: S.SENT, S.REFUSAL_PREPARED: S.SENT},
            takes=inputs.Reason,
            precondition=rules.require_reason,
            effect=rules.forget_answer,
            side=Side.ANSWERING,
        ),
        Action.ANSWER_ON_PAPER: CaseRule(
            word=_("Ghi văn bản đồng ý"),
            moves={S.SENT: S.ANSWERED},
            takes=inputs.PaperGrant,
            possible=rules.require_without_account,
            precondition=_require_paper_grant,
            effect=_grant,
            side=Side.RECORDING,
        ),
        Action.REFUSE_ON_PAPER: CaseRule(
            word=_("Ghi văn bản từ chối"),
            moves={S.SENT: S.REFUSED},
            takes=inputs.PaperRefusal,
            possible=rules.require_without_account,
            precondition=_require_paper_refusal,
            effect=_refuse,
            side=Side.RECORDING,
        ),
        Action.FOLLOW_UP: CaseRule(
            word=_("Lập thỏa thuận và kết nối"),
            moves={S.ANSWERED: S.ANSWERED},
            possible=follow_up.require_undrafted,
            effect=follow_up.draft,
            side=Side.PARTY,
        ),
        Action.FINISH_CASE: CaseRule(
            word=_("Ghi nhận dữ liệu đã chạy"),
            moves={S.ANSWERED: S.DONE},
            possible=_require_live,
            side=Side.ASKING,
        ),
    },
)
