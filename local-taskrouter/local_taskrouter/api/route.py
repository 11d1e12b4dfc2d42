"""One row of the route table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local_taskrouter.api.call import Answer, Call
from local_taskrouter.api.params import Param


@dataclass(frozen=True)
class Route:
    """`method` on `path` (below `/v1`, SIDs in angle brackets) is answered by `handler`.

    `params` come from the form of a POST and from the query of anything else.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    params: Mapping[str, Param] = field(default_factory=dict)
