"""The timeout of tests, long enough for a busy machine."""

from functools import partial

from helpers.checks import wait_for

SECONDS = 120
eventually = partial(wait_for, timeout=SECONDS)
