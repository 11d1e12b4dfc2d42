"""Expressions that come in as parameters: syntax is all that TaskRouter checks."""

from helpers.emulator.api.params import text
from helpers.emulator.core import reading
from helpers.emulator.errors import BadRequest
from helpers.rules.expression import ExpressionSyntaxError


def expression_text(name: str, values: list[str]) -> str:
    """An expression, or nothing (which no Worker matches); raises BadRequest with a caret."""
    value = text(name, values)
    if value.strip():
        try:
            reading.expression(value)
        except ExpressionSyntaxError as error:
            raise BadRequest(f"{name}: {error}") from error
    return value.strip()
