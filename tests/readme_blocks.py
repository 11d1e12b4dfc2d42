"""The fenced code blocks in local-taskrouter's README, for tests that run them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

README = Path(__file__).parents[1] / "local-taskrouter" / "README.md"
BLOCKS: list[tuple[str, str]] = re.findall(
    r"^```(\w*)\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE
)
"""Language ("" for none) and text of each, in their order."""


def blocks(language: str) -> list[str]:
    """The texts of the blocks in a language."""
    return [text for each, text in BLOCKS if each == language]


def shell_blocks() -> Iterator[tuple[str, str, str]]:
    """Each `sh` block, with the language and the text of the block that shows what it prints."""
    for (language, text), (kind, shown) in pairwise([*BLOCKS, ("", "")]):
        if language == "sh":
            yield (text, kind, shown) if kind in ("json", "text") else (text, "", "")


def seed() -> str:
    """The seed file."""
    [found] = [text for text in blocks("json") if '"task_queues"' in text]
    return found
