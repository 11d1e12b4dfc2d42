"""Expressions that come in as parameters: syntax is all that TaskRouter checks."""

from local_taskrouter.api.params import text
from local_taskrouter.core import parsed
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.expression import ExpressionSyntaxError


def expression_text(name: str, values: list[str]) -> str:
    """An expression, or nothing (which no Worker matches); raises BadRequest with a caret."""
    value = text(name, values)
    if value.strip():
        try:
            parsed.expression(value)
        except ExpressionSyntaxError as error:
            raise BadRequest(f"{name}: {error}") from error
    return value.strip()
