"""What the kernel keeps the child of a sandbox from. Nothing that runs in it can take
any of this back.
"""

import errno
import os
import resource
from typing import Any

try:
    import landlock
    import pyseccomp
except (
    ImportError,
    OSError,
    RuntimeError,
):  # another system than Linux, or one without libseccomp
    landlock = pyseccomp = None

_SPARE = 16  # descriptors beside one for each file
_CONNECTING = ("socket", "io_uring_setup")


def only_reading(folder: str) -> int:
    """Let this process, and threads it starts from now on, open no socket and nothing
    but a folder's files, to read.

    Returns how many descriptors that takes; 0, and nothing is done, where the kernel
    has no Landlock (before 5.13).
    """
    if landlock is None:
        return 0
    try:
        files = landlock.Ruleset()
    except OSError:
        return 0
    files.allow(folder, rules=landlock.FSAccess.READ_FILE | landlock.FSAccess.READ_DIR)
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in _CONNECTING:
        calls.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    count = len(os.listdir(folder))  # noqa: PTH208 - names alone
    calls.load()
    files.apply()
    return count + _SPARE


def hold(limits: dict[str, Any], size: str, descriptors: int) -> None:
    """Allow no file writes, bounded use, and so many descriptors more: 0 lets it open
    no file and no socket at all.

    `size`: what /proc/self/statm says.
    """
    free = os.dup(1)
    for descriptor in (0, 1, 2, free):
        os.close(descriptor)
    bounds = {
        resource.RLIMIT_CPU: limits["cpu"],
        resource.RLIMIT_AS: int(size.split(maxsplit=1)[0]) * resource.getpagesize()
        + limits["memory"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: descriptors and free + descriptors,
    }
    for limit, bound in bounds.items():
        resource.setrlimit(limit, (bound, bound))
