"""Show a failed cell as its failing line, the message and what to do, without a traceback.

A refused request goes through sixty lines of the SDK's code before it raises; what the learner can
mend is one line of the cell.
"""

import sys
import traceback
from types import FrameType, TracebackType
from typing import Any

from helpers.session.api_errors import as_api_error, error_message, what_to_do
from helpers.session.request_log import RequestLog

_FOLDED = {"helpers", "local_taskrouter", "requests", "twilio"}


def running_shell() -> Any:
    """IPython's shell that runs the notebook, else None. Does not import IPython."""
    return getattr(sys.modules["__main__"], "get_ipython", lambda: None)()


def fold_tracebacks(log: RequestLog) -> None:
    """From now on, show an error that a call from a cell raises in short; `%tb` shows it whole.

    Applies to calls of the SDK, the helpers and `requests`, and to what goes wrong when cells run in
    another order; any other error in a cell's own code is shown as always. `log` holds the requests that the SDK sent. Without IPython it does nothing.

    https://ipython.readthedocs.io/en/stable/api/generated/IPython.core.interactiveshell.html#IPython.core.interactiveshell.InteractiveShell.set_custom_exc
    """

    def show(
        shell: Any,
        kind: type[Exception],
        error: Any,
        start: TracebackType,
        tb_offset: int | None = None,
    ) -> None:
        line, called = _failing_line(start, shell.user_ns)
        out_of_order = "" if called else _about_the_order(error)
        if called in _FOLDED or out_of_order:
            said = _describe(error, log)
            lines = [
                line,
                "",
                *said,
                *filter(None, [out_of_order]),
                "",
                "%tb shows the whole traceback.",
            ]
            error._render_traceback_ = lambda: lines
        try:
            shell.showtraceback(
                (kind, error, start), tb_offset=tb_offset, running_compiled_code=bool(line)
            )
        finally:
            vars(error).pop("_render_traceback_", None)

    if shell := running_shell():
        shell.set_custom_exc((Exception,), show)


def _about_the_order(error: Exception) -> str:
    """What to do about a name that no cell has made, or a list of another length; "" for any other."""
    if isinstance(error, NameError):
        return (
            f"A cell above makes `{error.name}`: run the cells above this one first. If the word is "
            "yours, look at its spelling."
        )
    if isinstance(error, ValueError) and "values to unpack" in str(error):
        return (
            "The list has more or fewer entries than the left side has names: print it. If the cell is as "
            "it came, a cell above has run twice or not at all: run the notebook from its first cell."
        )
    return ""


def _failing_line(start: TracebackType, cell_names: dict[str, Any]) -> tuple[str, str]:
    """The line of a cell that ran last, as shown, and the top package of what it called, or ""."""
    line, called = "", ""
    for frame, number in traceback.walk_tb(start):
        if frame.f_globals is cell_names:
            line, called = f"Line {number}:  {_source(frame, number)}", ""
        elif line and not called:
            called = frame.f_globals.get("__name__", "").partition(".")[0]
    return line, called


def _source(frame: FrameType, number: int) -> str:
    return traceback.FrameSummary(frame.f_code.co_filename, number, "").line or ""


def _describe(error: Exception, log: RequestLog) -> list[str]:
    advice = what_to_do(error, _parameters(error, log))
    message = f"{type(error).__name__}: {error_message(error)}"
    return [message, advice] if advice else [message]


def _parameters(error: Exception, log: RequestLog) -> dict[str, str]:
    """The parameters of the request that TaskRouter refused, if `log` still has it."""
    answer = as_api_error(error)
    if answer is None:
        return {}
    for sent in reversed(log.sent()):
        refused = (sent.status, sent.method) == (answer.status, answer.method)
        if refused and sent.path.endswith(answer.uri):
            return sent.parameters
    return {}
