"""A panel that the front end draws in the page: one model, one message for a change or a press."""

from typing import Any, Generic, TypeVar

from helpers.controls.follow.panel import FollowingState, stop_when_cell_runs_again
from helpers.display.page_widget import PageWidget

DRAWN_AGAIN = ("notice", "jumps", "error", "busy", "call")


State = TypeVar("State", bound=FollowingState)


class DrawnPanel(PageWidget, Generic[State]):
    """Sends to the page what a state holds: `now`, `notice`, `error`, `busy`, `call` (see
    shown_call.Call), `presses` (how many were handled), and what the panel adds.

    `content` is sent when one of the state's traits `drawn` changes, and again when a page that was
    reloaded asks for it, since it counts TaskRouter's time on from then.

    A press in the page calls the state's method of that name with the values that the control was
    drawn with, if `PRESSES` lists it; its whole effect is one message.
    """

    PRESSES: tuple[str, ...] = ()
    """The methods of the state that a press in the page may call."""

    def __init__(self, kind: str, state: State, drawn: tuple[str, ...]) -> None:
        self.state = state
        self._drawn = drawn
        self._presses, self._is_pressed = 0, False
        super().__init__(kind, **self._content())
        state.observe(self._render, [*drawn, *DRAWN_AGAIN])
        self.on_msg(self._on_message)

    def follow(self) -> None:
        """Follow TaskRouter until the cell runs again."""
        stop_when_cell_runs_again(self.state)
        self.state.follow()

    def close(self) -> None:
        """Stop following TaskRouter, and remove the panel.

        `__del__` calls close() again, from any thread, even while that thread holds a lock; the
        second call does nothing.
        """
        if self.comm is not None:
            self.state.close()
            super().close()

    def drawing(self) -> dict[str, Any]:
        """What the panel adds to `content`, as values for JSON: the traits `drawn`."""
        return {name: getattr(self.state, name) for name in self._drawn}

    def as_text(self) -> str:
        """The panel as plain text, for a page that cannot run it."""
        raise NotImplementedError

    def _on_message(self, _: object, message: dict[str, Any], __: object) -> None:
        if "press" not in message:
            self._render()
            return
        self._is_pressed = True
        try:
            self._press(message["press"], message["values"])
        finally:
            with self.state.lock:
                self._is_pressed = False
                self._presses += 1
                self._render()

    def _press(self, name: str, values: dict[str, Any]) -> None:
        if name in self.PRESSES:
            getattr(self.state, name)(**values)
        else:
            self.state.error = f"This panel has no press {name!r}. Run its cell again."

    def _render(self, *_: object) -> None:
        with self.state.lock:
            if not self._is_pressed:  # else its message will hold everything
                self.content = self._content()

    def _content(self) -> dict[str, Any]:
        state: FollowingState = self.state
        return {
            **self.drawing(),
            "now": state.now(),
            "notice": state.notice,
            "error": state.error,
            "busy": state.busy,
            "call": vars(state.call) if state.call else None,
            "presses": self._presses,
        }

    def __repr__(self) -> str:
        return self.as_text()
