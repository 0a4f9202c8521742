"""Connections, agreements, services and procedures for tests: what entering asks for, and what a test says."""

from support import built


def connection(title, owner, **more):
    content = {
        "title": {"vi": title},
        "relation": "trao-doi-du-lieu",
        "connection_state": "dang-khai-thac",
        "owner": str(owner),
        "direction": "nguon-den-dich",
        "frequency": "hang-ngay",
        "channel": ["lgsp"],
        "evidence": "Hồ sơ kỹ thuật",
        "state_secret": False,
        "certainty": "co-quan-khai",
    }
    return built("connection", {**content, **_texts(more)})


def agreement(title, owner, consumer, database, law, **more):
    content = {
        "title": {"vi": title},
        "purpose": "Giải quyết chế độ",
        "owner": str(owner),
        "consumers": [str(consumer)],
        "databases": [str(database)],
        "legal_basis": [str(law)],
        "method": ["truc-tuyen"],
        "state_secret": False,
        "certainty": "co-quan-khai",
    }
    return built("agreement", {**content, **_texts(more)})


def service(title, owner, database, **more):
    content = {
        "title": {"vi": title},
        "owner": str(owner),
        "serves": [str(database)],
        "lifecycle": "dang-van-hanh",
        "record_kind": "goc",
        "state_secret": False,
        "certainty": "co-quan-khai",
    }
    return built("data-service", {**content, **_texts(more)})


def procedure(title, owner, database, **more):
    content = {
        "title": {"vi": title},
        "owner": str(owner),
        "uses": [str(database)],
        "state_secret": False,
        "certainty": "co-quan-khai",
    }
    return built("procedure", {**content, **_texts(more)})


def _texts(more):
    """Return ids as contents hold them."""
    plain = str, list, dict, bool, int
    return {n: v if isinstance(v, plain) else str(v) for n, v in more.items()}
