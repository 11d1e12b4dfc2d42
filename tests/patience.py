"""How long a test waits before it gives up: a machine that is busy is not the product's fault."""

from functools import partial

from helpers.checks import wait_for

SECONDS = 120
eventually = partial(wait_for, timeout=SECONDS)
