"""The answer to “who needs these data has them from where”: a sentence, and a card for
each link of the path with what to do where it is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.exchange.paths import Held, Link, Path, PathLink
from app.register.queries import EntryView, Register
from app.web.display import case_origins, exchange_rows
from app.web.display.case_origins import Offer

LINKS: Mapping[Link, object] = {
    Link.SOURCE: _("Nguồn"),
    Link.SERVICE: _("Dịch vụ"),
    Link.CHANNEL: _("Kênh kết nối"),
    Link.AGREEMENT: _("Thỏa thuận chia sẻ"),
    Link.PROCEDURE: _("Thủ tục sử dụng"),
}
_LACKING: Mapping[Link, object] = {
    Link.SOURCE: _("nguồn đang tạm ngừng chia sẻ"),
    Link.SERVICE: _("chưa có dịch vụ dữ liệu"),
    Link.CHANNEL: _("chưa có kết nối"),
    Link.AGREEMENT: _("chưa có thỏa thuận chia sẻ"),
    Link.PROCEDURE: _("chưa ghi nhận thủ tục sử dụng"),
}
_NOT_SERVING: Mapping[tuple[Link, Held], object] = {
    (Link.SERVICE, Held.NOT_YET): _("dịch vụ chưa vận hành"),
    (Link.SERVICE, Held.SUSPENDED): _("dịch vụ đang tạm ngừng"),
    (Link.CHANNEL, Held.NOT_YET): _("kết nối chưa khai thác chính thức"),
    (Link.CHANNEL, Held.SUSPENDED): _("kết nối đang tạm ngừng"),
    (Link.CHANNEL, Held.LAPSED): _("kết nối đã quá thời hạn"),
    (Link.AGREEMENT, Held.NOT_YET): _("thỏa thuận chưa có hiệu lực"),
    (Link.AGREEMENT, Held.SUSPENDED): _("thỏa thuận đang tạm ngừng"),
    (Link.AGREEMENT, Held.LAPSED): _("thỏa thuận đã hết thời hạn"),
    (Link.PROCEDURE, Held.SUSPENDED): _("thủ tục đang tạm ngừng"),
}
_TO_DO: Mapping[Link, object] = {
    Link.SOURCE: _("Hỏi cơ quan chủ quản khi nào chia sẻ lại"),
    Link.SERVICE: _("Cơ quan chủ quản đăng ký dịch vụ dữ liệu"),
    Link.CHANNEL: _("Hai bên đăng ký kết nối, chạy thử rồi khai thác"),
    Link.AGREEMENT: _("Hai bên lập thỏa thuận: mục đích, căn cứ, hạng mục"),
    Link.PROCEDURE: _("Đăng ký thủ tục dùng dữ liệu này, nếu có"),
}
# of a link that is there and does not serve
_TO_MEND: Mapping[tuple[Link, Held], object] = {
    (Link.SERVICE, Held.NOT_YET): _("Cơ quan chủ quản đưa dịch vụ vào vận hành"),
    (Link.CHANNEL, Held.NOT_YET): _("Chạy thử xong, ghi trạng thái đang khai thác"),
    (Link.CHANNEL, Held.LAPSED): _("Gia hạn, hoặc ghi kết nối đã kết thúc"),
    (Link.AGREEMENT, Held.LAPSED): _("Hai bên gia hạn hoặc lập thỏa thuận mới"),
}


@dataclass(frozen=True)
class Card:
    """A link of the path: its name, what is there, what to know or to do; `views` are
    those that the reader may open, `guide` is the database that says how to connect.
    """

    name: str
    told: str
    note: str
    views: Sequence[EntryView]
    whole: bool
    guide: EntryView | None = None


@dataclass(frozen=True)
class Answer:
    """A path in words."""

    sentence: str
    cards: Sequence[Card]
    offer: Offer | None = None  # the request that would mend what is missing


def answer(register: Register, agency: EntryView, path: Path, owner: str) -> Answer:
    """Return a path in the words of its reader; `owner`: who owns the database."""
    lacking = [str(_lack(link)) for link in path.missing]
    told = {"agency": agency.title, "database": path.database.title}
    channel = path.link(Link.CHANNEL)
    if channel.held is Held.NOT_NEEDED:
        sentence = gettext("%(database)s do chính %(agency)s làm chủ quản", **told)
    elif channel.held is Held.LIVE:
        over = exchange_rows.channels(register.profile.lists, channel.views[0])
        sentence = _running(path, over=exchange_rows.in_sentence(over), **told)
    else:
        sentence = _not_running(path, **told)
    return Answer(
        "; ".join([sentence, *lacking]) + ".",
        [_guided(_card(register, link, owner), link, path) for link in path.links],
        _offer(agency, path),
    )


# links that an owner's yes brings about
_ASKED_FOR = frozenset({Link.SERVICE, Link.CHANNEL, Link.AGREEMENT})


def _offer(agency: EntryView, path: Path) -> Offer | None:
    """Return the request for what is missing, to whoever may open one."""
    lacks = any(link.link in _ASKED_FOR for link in path.missing)
    if not lacks or not case_origins.may_open():
        return None
    return case_origins.of_path(agency, path.database, path.item)


def _guided(card: Card, link: PathLink, path: Path) -> Card:
    """Say where it stands how to connect, where there is no connection yet."""
    if link.link is not Link.CHANNEL or link.held is not Held.MISSING:
        return card
    has_guide = path.database.content.get("connection_guides")
    return replace(card, guide=path.database) if has_guide else card


def _running(path: Path, **told: str) -> str:
    if not path.item:
        return str(
            gettext(
                "%(agency)s đang khai thác dữ liệu từ %(database)s, qua %(over)s",
                **told,
            )
        )
    return str(
        gettext(
            "%(agency)s đang khai thác dữ liệu %(data)s từ %(database)s, qua %(over)s",
            data=path.item,
            **told,
        )
    )


def _not_running(path: Path, **told: str) -> str:
    if not path.item:
        return str(
            gettext("%(agency)s chưa khai thác được dữ liệu từ %(database)s", **told)
        )
    return str(
        gettext(
            "%(agency)s chưa khai thác được dữ liệu %(data)s từ %(database)s",
            data=path.item,
            **told,
        )
    )


def _lack(link: PathLink) -> object:
    return _NOT_SERVING.get((link.link, link.held), _LACKING[link.link])


def _card(register: Register, link: PathLink, owner: str) -> Card:
    name = str(LINKS[link.link])
    if link.held is Held.NOT_NEEDED:
        return Card(
            name,
            gettext("Không cần"),
            gettext("dữ liệu của chính cơ quan"),
            (),
            whole=True,
        )
    if link.held is Held.MISSING:
        return Card(name, gettext("Chưa có"), str(_TO_DO[link.link]), (), whole=False)
    seen = [view for view in link.views if view.kind not in register.hidden]
    told = "" if seen else gettext("Đã có")
    if not link.held.whole:
        lack = str(_lack(link))
        to_do = _TO_MEND.get((link.link, link.held), _TO_DO[link.link])
        note = f"{lack[0].upper()}{lack[1:]}. {to_do}"
        return Card(name, told, note, seen, whole=False)
    return Card(name, told, _note(register, link, owner), seen, whole=True)


def _note(register: Register, link: PathLink, owner: str) -> str:
    if link.link is Link.SOURCE:
        return owner
    if link.link is Link.CHANNEL:
        view = link.views[0]
        often = exchange_rows.concept(
            register.profile.lists, "tan-suat-ket-noi", view.content.get("frequency")
        )
        over = exchange_rows.channels(register.profile.lists, view)
        return f"{over}; {often[0].lower()}{often[1:]}"
    return ""
