"""The pieces of tables and explanations: SIDs, states, marks, and the style sheet of an output.

Text from TaskRouter is text in the HTML, never markup. Every piece reads well without styles too.
"""

import re
from functools import cache
from html import escape
from pathlib import Path
from weakref import WeakKeyDictionary

from local_taskrouter.ui.files import read
from local_taskrouter.ui.names import TaskNames

from helpers.display.html import AS_TEXT
from helpers.session.session import Session

# The family of each state, which has a color, and a shape, so that none differs by color alone.
STATES = {
    "available": ("available", "●"),
    "pending": ("asked", "◔"),
    "reserved": ("asked", "◉"),
    "assigned": ("assigned", "▶\ufe0e"),
    "accepted": ("assigned", "▶\ufe0e"),
    "wrapping": ("assigned", "▷"),
    "completed": ("offline", "✓"),
    "canceled": ("offline", "⊘"),
    "rescinded": ("offline", "⊘"),
    "rejected": ("refused", "✗"),
    "timeout": ("refused", "✗"),
    "would be refused": ("refused", "✗"),
}
OTHER_STATE = ("offline", "○")
MARKS = {True: ("yes", "✓"), False: ("no", "✗"), None: ("soft", "?")}

_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASSES = re.compile(r'class=("[^"]+"|[\w-]+)')
_NAME = re.compile(r"(?<![\w:-])[.[]?([a-z][\w-]*)")  # of a class, an element or an attribute
_ALL = ".tr-out.tr-out{"
_CARDS = "@container (max-width:559px){"
_CARDS_OF_MANY = "@container (max-width:719px){"
_names: WeakKeyDictionary[Session, dict[str, TaskNames]] = WeakKeyDictionary()


def task_names(session: Session, workspace_sid: str) -> TaskNames:
    """Return the names of a Workspace's Tasks, the same object for everything that shows them."""
    return _names.setdefault(session, {}).setdefault(workspace_sid, TaskNames())


def known_name(session: object, task_sid: str) -> str:
    """Return the name under which this Session has shown a Task, "" if it has not."""
    names = _names.get(session, {}).values() if isinstance(session, Session) else ()
    return next(filter(None, (each.known(task_sid) for each in names)), "")


def styled(html: str) -> str:
    """Return the output of a cell: `html`, and the rules of outputs.css that it uses.

    An output brings its own rules, since it may be the only one of its page that was run.
    """
    rules, cards = _sheet().removeprefix(_ALL).split(_CARDS)
    style = _used(rules, html)
    if 'class="few' in html:
        style += f"{_CARDS}{_used(cards, html)}}}"
    if 'class="many' in html:
        style += f"{_CARDS_OF_MANY}{_used(cards.replace('.few', '.many'), html)}}}"
    style = re.sub(r"var\((--tr-[\w-]+)\)", lambda token: _declared(token[1]), style)
    return f'<div class="tr-out {AS_TEXT}"><style>{_ALL}{style}}}</style>{html}</div>'


def text(value: object) -> str:
    """Return a value as escaped text. A SID shows its end, is whole on hover and when copied."""
    return _SID.sub(r"<code class=sid title=\g<0>>\g<0></code>", escape(str(value), quote=False))


def code(value: object) -> str:
    """Return text in code font."""
    return f"<code>{escape(str(value), quote=False)}</code>"


def prose(words: str) -> str:
    """Return text with `…` in code font."""
    parts = enumerate(words.split("`"))
    return "".join(code(part) if number % 2 else text(part) for number, part in parts)


def quiet(value: object) -> str:
    """Return text in the secondary color."""
    return f"<span class=soft>{text(value)}</span>"


def pill(word: str, state: str | None = None) -> str:
    """Return a state as a word with a color and a shape."""
    family, shape = STATES.get(word if state is None else state, OTHER_STATE)
    return f'<span class="pill {family}" data-shape={shape}>{text(word)}</span>'


def mark(holds: bool | None) -> str:
    """Return ✓, ✗, or ? where channels were not read."""
    family, sign = MARKS[holds]
    return f"<b class={family}>{sign}</b>"


@cache
def _sheet() -> str:
    sheet = (Path(__file__).parent / "outputs.css").read_text("utf-8")
    sheet = re.sub(r"/\*.*?\*/|\n", "", sheet, flags=re.DOTALL)
    return re.sub(r"\s*([{};]|(?<=[\w-]):(?= )|,)\s*", r"\1", sheet)


def _used(rules: str, html: str) -> str:
    """The rules of which the HTML has every class, element and attribute."""
    words = {"open", *re.findall(r"<(\w+)", html), *re.findall(r" (data-\w+)=", html)}
    words.update(name for names in _CLASSES.findall(html) for name in re.findall(r"[\w-]+", names))
    return "".join(
        f"{selector}{{{body.rstrip(';')}}}"
        for selector, body in _RULE.findall(rules)
        if words.issuperset(_NAME.findall(selector))
    )


@cache
def _declared(name: str) -> str:
    """The value of a token in the front end's style sheet, in which each stands once."""
    [value] = re.findall(rf"{name}: ([^;]+);", read("look.css"))
    return value.replace(", ", ",")
