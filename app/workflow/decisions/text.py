"""The words of a decision around its annex: what it says by itself, what the office
wrote otherwise, and what keeps it from being signed.

An article begins with “Điều”, a clause with its number; the machine numbers both. What
stands in braces is filled in: counts, names, days, the annexes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import journal
from app.accounts.models import Post
from app.permissions import Role
from app.register.latest_versions import latest_version
from app.register.models import Version
from app.register.queries import EntryView, Register
from app.register.standing import Moment
from app.vietnamese import clean
from app.workflow.context import Desk
from app.workflow.decisions.models import Decision, DecisionKind, Effect, Issuer
from app.workflow.official_words import (
    BLANK_NUMBER,
    CHAIRMAN,
    COMMITTEE,
    OTHERS,
    TITLES,
    Basis,
    Capacity,
    Titles,
    blank_day,
    cited,
    counted,
    ordered,
    printed_name,
    roman,
    sign_off,
    symbol_of,
    two_lines,
    written,
)

FIELDS = (
    "tỉnh",
    "loại",
    "số cơ sở dữ liệu",
    "số cơ quan",
    "phụ lục",
    "hiệu lực",
    "văn bản",
    "sở",
    "các khoản",
    "điều cuối",
)
_NEW = """\
Điều 1. Ban hành kèm theo Quyết định này Danh mục cơ sở dữ liệu dùng chung của {tỉnh}, \
gồm {số cơ sở dữ liệu} cơ sở dữ liệu của {số cơ quan} cơ quan chủ quản, tại {phụ lục} \
kèm theo.

Điều 2. Trách nhiệm thực hiện Danh mục:
1. {sở} công bố Danh mục; hướng dẫn, theo dõi, đôn đốc việc cập nhật; trình Ủy ban \
nhân dân {loại} sửa đổi, bổ sung khi có thay đổi.
2. Cơ quan chủ quản chịu trách nhiệm về nội dung đã kê khai; cập nhật dữ liệu đúng tần \
suất; ban hành quy chế khai thác và cung cấp dịch vụ chia sẻ theo hình thức ghi tại \
{phụ lục}.
3. Cơ quan, đơn vị khai thác dữ liệu qua kết nối, chia sẻ; không yêu cầu tổ chức, cá \
nhân nộp lại thông tin đã có trong Danh mục, trừ trường hợp để cập nhật hoặc xác minh.

Điều 3. Hiệu lực và chuyển tiếp:
1. Quyết định này có hiệu lực {hiệu lực}.
{thay thế}2. Thỏa thuận, kết nối chia sẻ dữ liệu xác lập trước ngày Quyết định này có \
hiệu lực được thực hiện đến hết thời hạn đã thống nhất.
"""
_AMEND = """\
Điều 1. Sửa đổi, bổ sung Danh mục cơ sở dữ liệu dùng chung của {tỉnh} ban hành kèm \
theo {văn bản} (sau đây gọi là Danh mục) như sau:
{các khoản}

Điều 2. Quyết định này có hiệu lực {hiệu lực}.
Nội dung của Danh mục không nêu tại Điều 1 Quyết định này tiếp tục có hiệu lực.
"""
_NEW_DAY = """\
Điều 1. Sửa đổi {chỗ hiệu lực}{văn bản} như sau:
“{khoản hiệu lực}Quyết định này có hiệu lực {hiệu lực mới}.”

Điều 2. Quyết định này có hiệu lực {hiệu lực}.
Các nội dung khác của {số văn bản} giữ nguyên hiệu lực.
"""
_REVOKE = """\
Điều 1. Bãi bỏ {văn bản}.

Điều 2. Quyết định này có hiệu lực {hiệu lực}.
"""
_WHO = """\

Điều 9. Chánh Văn phòng Ủy ban nhân dân {loại}, {người đứng đầu sở}, Thủ trưởng các \
sở, ban, ngành, Chủ tịch Ủy ban nhân dân các xã, phường và các tổ chức, cá nhân có \
liên quan chịu trách nhiệm thi hành Quyết định này.
"""
_REPLACES = "2. Quyết định này thay thế {văn bản}.\n"
_RECEIVERS = (
    "Như Điều {điều cuối}",
    "Bộ Công an",
    "Bộ Khoa học và Công nghệ",
    "Thường trực: {cấp ủy}, HĐND {loại}",
    "Chủ tịch, các Phó Chủ tịch UBND {loại}",
    "Cổng Thông tin điện tử {loại}",
    "Lưu: VT, {lưu}",
)
# what each list of the annex is called in a clause of an amendment
_CLAUSES = {
    "catalogue": "Bổ sung {n} cơ sở dữ liệu tại {annex}.",
    "changed": "Sửa đổi nội dung của {n} cơ sở dữ liệu tại {annex}.",
    "suspended": "Tạm ngừng chia sẻ {n} cơ sở dữ liệu tại {annex}.",
    "ended": "Đưa ra khỏi Danh mục {n} cơ sở dữ liệu tại {annex}.",
    "listed": "Ban hành {n} mục tại {annex}.",
}
_ARTICLE = re.compile(r"^Điều\s*\d*\s*[.:]?\s*")
_NUMBERED = re.compile(r"^\d+[.)]\s*")
_IN_FORCE = re.compile(r"Quyết định này có hiệu lực")
_FIELD = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Wording:
    """What the office writes of a decision itself. An empty part is as it is by
    itself.

    `subjects`: titles typed from the originals, by legal basis; `unknown_bases`: why
    a basis of which nobody knows whether it is in force is one; `other_issuer`: why
    this one changes what another issued.
    """

    title: str = ""
    articles: str = ""
    receivers: Sequence[str] = ()
    capacity: Capacity = Capacity.HEAD
    own_title: str = ""
    signatory: str = ""
    unit: str = ""
    draft_mark: bool = False
    subjects: Mapping[str, str] = field(default_factory=dict)
    unknown_bases: str = ""
    other_issuer: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Wording":
        """Return what a decision keeps of it."""
        known = {
            name: stored[name] for name in cls.__dataclass_fields__ if name in stored
        }
        if "capacity" in known:
            known["capacity"] = Capacity(known["capacity"])
        return cls(**known)

    def stored(self) -> dict[str, Any]:
        """Return it as a decision keeps it."""
        return {
            "title": self.title,
            "articles": self.articles,
            "receivers": list(self.receivers),
            "capacity": str(self.capacity),
            "own_title": self.own_title,
            "signatory": self.signatory,
            "unit": self.unit,
            "draft_mark": self.draft_mark,
            "subjects": dict(self.subjects),
            "unknown_bases": self.unknown_bases,
            "other_issuer": self.other_issuer,
        }


def department(desk: Desk, day: date) -> EntryView | None:
    """Return the agency that examines and proposes: the one of the approvers."""
    posts = desk.session.scalars(
        select(Post.agency_id).where(Post.role == Role.APPROVER).distinct()
    )
    views = register_on(desk, day).by_ids(set(posts)).values()
    return min(views, key=lambda view: view.sort_key, default=None)


def register_on(desk: Desk, day: date) -> Register:
    """Return the register as it stands on a day."""
    moment = Moment(day, journal.head(desk.session))
    return Register(desk.session, desk.profile, moment)


def titles_of(agency: EntryView | None) -> Titles:
    """Return what the head of an agency and a deputy are called: as it says itself,
    else as those of its class are.
    """
    content = agency.content if agency else {}
    usual = TITLES.get(str(content.get("classification")), OTHERS)
    return Titles(
        content.get("head_title") or usual.head,
        content.get("deputy_title") or usual.deputy,
    )


def symbol(agency: EntryView | None) -> str:
    """Return the symbol of an agency on its papers."""
    if agency is None:
        return ""
    return agency.content.get("document_symbol") or symbol_of(agency.title)


def basis(desk: Desk, law: Version, wording: Wording) -> Basis:
    """Return a legal document as papers cite it."""
    content = law.content
    types = desk.profile.lists.schemes["loai-van-ban"].concepts
    kind = types.get(str(content.get("document_type")))
    issued = content.get("issued")
    words = content.get("citation")
    label = kind.labels["vi"] if kind else ""
    if words and label not in words:
        label = words.split(" số ")[0]
    return Basis(
        kind=label or "Văn bản",
        number=content.get("number", ""),
        issued=date.fromisoformat(issued) if issued else None,
        issuer=content.get("issuer_name", ""),
        words=words,
        subject=clean(wording.subjects.get(str(law.entry_id), "")),
        authority=bool(content.get("gives_authority")),
    )


def bases(desk: Desk, decision: Decision) -> list[tuple[UUID, Version, Basis]]:
    """Return the legal bases of a decision as they were entered last, in the order of
    papers.
    """
    wording = Wording.of(decision.wording)
    laws = []
    for named in decision.bases:
        law = latest_version(desk.session, UUID(named))
        if law is not None:
            laws.append((law.entry_id, law, basis(desk, law, wording)))
    arranged = ordered(one_basis for _id, _law, one_basis in laws)
    order = {id(one_basis): place for place, one_basis in enumerate(arranged)}
    return sorted(laws, key=lambda row: order[id(row[2])])


def named_document(session: Session, entry_id: UUID | None) -> str:
    """Return how a decision is named in the text: “Quyết định số … ngày … của …”."""
    law = latest_version(session, entry_id) if entry_id else None
    if law is None:
        return ""
    content = law.content
    issued = content.get("issued")
    when = f" {written(date.fromisoformat(issued))}" if issued else ""
    return (
        f"Quyết định số {content.get('number')}{when} của {content.get('issuer_name')}"
    )


def title_on(desk: Desk, decision: Decision, title: str, day: date) -> str:
    """Return a title as it was typed with the names of a day in it."""
    province = desk.office.province(day)
    document = named_document(desk.session, decision.target_id)
    filled = {"tỉnh": province.whole, "loại": province.type, "văn bản": document}
    return _fill(title, filled)


def issuer_name(desk: Desk, decision: Decision, day: date) -> str:
    """Return who issues a decision, as it is called on a day."""
    committee = desk.office.province(day).committee
    chairman = decision.issuer is Issuer.CHAIRMAN
    return f"Chủ tịch {committee}" if chairman else committee


def default_articles(decision: Decision) -> str:
    """Return the articles that a decision has by itself, with their fields."""
    if decision.kind is DecisionKind.REVOKE:
        body = _REVOKE
    elif decision.kind is DecisionKind.AMEND:
        body = _NEW_DAY if decision.target_from else _AMEND
    else:
        replaces = _REPLACES if decision.kind is DecisionKind.REPLACE else ""
        body = _NEW.replace("{thay thế}", replaces)
    return body + _WHO.replace("Điều 9.", f"Điều {body.count('Điều ') + 1}.")


def default_receivers() -> tuple[str, ...]:
    """Return who gets a decision by itself, with the fields."""
    return _RECEIVERS


def compose(
    desk: Desk, decision: Decision, annex: Mapping[str, Any], day: date
) -> dict[str, Any]:
    """Return all that the decision says around its annex, as it is printed with the
    names of a day.
    """
    wording = Wording.of(decision.wording)
    province = desk.office.province(day)
    whose = issuer_name(desk, decision, day)
    proposer = department(desk, day)
    filled = _fields(desk, decision, annex, day)
    articles = parse(_fill(wording.articles or default_articles(decision), filled))
    filled["điều cuối"] = str(len(articles))
    receivers = [_fill(line, filled) for line in wording.receivers or _RECEIVERS]
    collective = CHAIRMAN if decision.issuer is Issuer.CHAIRMAN else COMMITTEE
    put_up = (
        f"Theo đề nghị của {_head_of(proposer)} tại Tờ trình số{BLANK_NUMBER}"
        f"/TTr-{symbol(proposer)} {blank_day(day.year)}"
    )
    lines = [cited(law) for *_, law in bases(desk, decision) if law.printable]
    return {
        "committee": list(two_lines(province.committee)),
        "whose": whose,
        "authority": whose,
        "place": province.name,
        "year": day.year,
        "title": _fill(wording.title or decision.title, filled),
        "bases": [*lines, put_up],
        "articles": [[text, clauses] for text, clauses in articles],
        "receivers": receivers,
        "sign_off": sign_off(collective, wording.capacity, wording.own_title),
        "signatory": printed_name(wording.signatory),
        "draft": wording.draft_mark,
        "names": [province.whole, *([proposer.title] if proposer else [])],
        "effective": filled["hiệu lực"],
    }


def _head_of(agency: EntryView | None) -> str:
    return f"{titles_of(agency).head} {agency.title}" if agency else ""


def _fields(
    desk: Desk, decision: Decision, annex: Mapping[str, Any], day: date
) -> dict[str, str]:
    """Return what the fields of the text are filled with."""
    province = desk.office.province(day)
    proposer = department(desk, day)
    lists = annex["lists"]
    names = annex_names(lists)
    city = province.type == "thành phố"
    clauses = [
        _CLAUSES[listed["form"]].format(n=counted(listed["count"]), annex=name)
        for listed, name in zip(lists, names, strict=True)
    ]
    wording = Wording.of(decision.wording)
    filled = {
        "tỉnh": province.whole,
        "loại": province.type,
        "cấp ủy": "Thành ủy" if city else "Tỉnh ủy",
        "số cơ sở dữ liệu": counted(annex["databases"]),
        "số cơ quan": counted(annex["owners"]),
        "phụ lục": ", ".join(names),
        "hiệu lực": effect_words(decision.effect, decision.effective_from),
        "văn bản": named_document(desk.session, decision.target_id),
        "sở": proposer.title if proposer else "",
        "người đứng đầu sở": _head_of(proposer),
        "các khoản": "\n".join(f"1. {clause}" for clause in clauses),
        "lưu": wording.unit,
    }
    if decision.target_from:
        where, clause = _place_of_effect(desk, decision)
        filled["hiệu lực mới"] = effect_words(Effect.DAY, decision.target_from)
        filled["chỗ hiệu lực"], filled["khoản hiệu lực"] = where, clause
        named = filled["văn bản"]
        filled["số văn bản"] = " ".join(named.split(" ")[:4])
    return filled


def _place_of_effect(desk: Desk, decision: Decision) -> tuple[str, str]:
    """Return where the target says from when it holds (“khoản 1 Điều 3 ”) and the
    number of that clause; nothing where its text is not known.
    """
    query = select(Decision).where(Decision.entry_id == decision.target_id)
    target = desk.session.scalar(query)
    paper = (target.annex or {}).get("paper", {}) if target else {}
    for number, (words, clauses) in enumerate(paper.get("articles", ()), start=1):
        if _IN_FORCE.search(words):
            return f"Điều {number} ", ""
        for clause in clauses:
            says_when = _IN_FORCE.search(clause)
            numbered = _NUMBERED.match(clause)
            if says_when and numbered:
                return f"khoản {numbered[0].rstrip('. ')} Điều {number} ", numbered[0]
    return "", ""


def effect_words(effect: Effect, day: date | None) -> str:
    """Return from when it holds, in words."""
    if effect is Effect.SIGNING or day is None:
        return "kể từ ngày ký"
    return f"kể từ {written(day)}"


def annex_names(lists: Sequence[object]) -> list[str]:
    """Return what each annex is called in the text: “Phụ lục”, or “Phụ lục I” … ."""
    if len(lists) == 1:
        return ["Phụ lục"]
    return [f"Phụ lục {roman(number)}" for number in range(1, len(lists) + 1)]


def _fill(text: str, filled: Mapping[str, str]) -> str:
    """Fill in the fields; what is none stays, and is refused."""
    return _FIELD.sub(lambda match: filled.get(match[1].strip(), match[0]), text)


def parse(text: str) -> list[tuple[str, list[str]]]:
    """Return articles, each with its first words and its clauses; both are numbered
    anew.
    """
    articles: list[tuple[str, list[str]]] = []
    number = 0
    for line in text.splitlines():
        words = clean(line)
        if not words:
            continue
        begins = _ARTICLE.match(words)
        if (begins and begins[0].strip()) or not articles:
            articles.append((_ARTICLE.sub("", words), []))
            number = 0
        elif _NUMBERED.match(words):
            number += 1
            articles[-1][1].append(f"{number}. {_NUMBERED.sub('', words)}")
        else:
            articles[-1][1].append(words)
    return articles


def said(paper: Mapping[str, Any]) -> Iterator[str]:
    """Yield every text of a composed decision that somebody may have written."""
    yield paper["title"]
    for text, clauses in paper["articles"]:
        yield text
        yield from clauses
    yield from paper["receivers"]
