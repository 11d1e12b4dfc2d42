"""Presses a control of a panel that is drawn in the page, as the page does."""

from typing import Any

from helpers.controls.follow.drawn import DrawnPanel


def press(panel: DrawnPanel, action: str, **values: Any) -> None:
    """Send what the page sends for a press of a control with this action and these values."""
    panel._handle_custom_msg({"press": action, "values": values}, [])
