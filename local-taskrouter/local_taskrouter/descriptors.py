"""How many files and connections the operating system lets this process open."""

import sys

if sys.platform != "win32":
    import resource

_ENOUGH = 10_000


def raise_limit() -> None:
    """Raise the limit to `_ENOUGH`, or as far as the system permits. macOS starts with 256."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = resource.RLIM_INFINITY
        wanted = _ENOUGH if hard == unlimited else min(_ENOUGH, hard)
        if soft != unlimited and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limit() -> int:
    """The number that this process may have open, `_ENOUGH` if there is no limit."""
    if sys.platform == "win32":
        return _ENOUGH
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _ENOUGH if soft == resource.RLIM_INFINITY else soft
