"""What happened to an entry, day by day: its versions, the successions it took part in,
the codes it held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from app import clock
from app.clock import OPEN_END
from app.register import codes
from app.register.queries import EntryView, Register, VersionView
from app.web.display import wording
from app.web.display.addresses import entry_address


@dataclass(frozen=True)
class Event:
    """Something that happened on a day, with the page that tells more."""

    day: date
    text: str
    href: str


def timeline(
    register: Register, view: EntryView, versions: Sequence[VersionView]
) -> list[Event]:
    """Return what happened, up to the day asked about where that is past, the oldest
    first; unknown days come first of all.
    """
    events = [
        *_versions(register, view, versions),
        *_successions(register, view),
        *_codes(register, view),
    ]
    if register.at.as_of < clock.today():
        events = [event for event in events if event.day <= register.at.as_of]
    return sorted(events, key=lambda event: event.day)


def _versions(
    register: Register, view: EntryView, versions: Sequence[VersionView]
) -> list[Event]:
    kind, events, former = (
        register.profile.kinds[view.kind],
        list[Event](),
        dict[str, object](),
    )
    for place, one in enumerate(
        sorted(versions, key=lambda version: (version.valid_from, version.valid_to))
    ):
        content = register.content_of(one)
        differing = [
            name
            for name in (*content, *former)
            if content.get(name) != former.get(name)
        ]
        said = "; ".join(
            wording.label(kind.field(name).labels) for name in dict.fromkeys(differing)
        )
        text = (
            _("Bắt đầu có hiệu lực: %(title)s", title=one.title)
            if place == 0
            else _("Sửa: %(fields)s", fields=said)
        )
        if one.valid_from == one.valid_to:
            text = _("Hết hiệu lực")
        elif one.suspended:
            text = _("Tạm ngừng chia sẻ")
        href = url_for(
            "changes_page.version",
            word=kind.path_word,
            local_id=view.local_id,
            ordinal=one.number,
        )
        if place == 0 or differing or one.suspended:
            events.append(Event(one.valid_from, text, href))
        former = content
    last = max((one.valid_to for one in versions), default=OPEN_END)
    ended = last != OPEN_END and all(event.day != last for event in events)
    return [*events, *([Event(last, _("Hết hiệu lực"), "")] if ended else [])]


def _successions(register: Register, view: EntryView) -> list[Event]:
    if view.kind != codes.AGENCY:
        return []  # nothing else takes part in one
    uses = [
        use
        for name in ("original", "resulting")
        for use in register.uses(view.id, only=name)
    ]
    acts = {act.id: act for use in uses for act in use.views}
    return [
        Event(
            date.fromisoformat(act.content["date"]),
            _("Sáp nhập, chia tách, đổi tên cơ quan: %(title)s", title=act.title),
            entry_address(register.profile, act),
        )
        for act in acts.values()
    ]


def _codes(register: Register, view: EntryView) -> list[Event]:
    events = []
    for code in codes.held(register, [view.id]) if view.kind == codes.AGENCY else ():
        span, href = (
            code.content.get("validity", {}),
            url_for("code_lookup.one", text=code.title),
        )
        start, end = span.get("start") or code.content.get("issued"), span.get("end")
        if start:
            events.append(
                Event(
                    date.fromisoformat(start),
                    _("Được cấp mã %(code)s", code=code.title),
                    href,
                )
            )
        if end:
            events.append(
                Event(
                    date.fromisoformat(end),
                    _("Đóng mã %(code)s", code=code.title),
                    href,
                )
            )
    return events
