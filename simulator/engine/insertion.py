"""Templates of JSON or text into which values are inserted: `{"id": <order>, "note": "of <customer>"}`.

A placeholder that stands free is replaced by the value's JSON, one inside quotes by its text; there an object or an
array loses its quotes, so that the text does not end early. A value that is absent is the empty text. Texts are not
escaped, as in the service: one that holds a quote breaks the JSON it is inserted into, and the outcome is then text.
Event buses and pipes have such templates; they differ in what may stand between the brackets.
Source: EventBridge User Guide, "Amazon EventBridge input transformation", with "Common issues with transforming
input"; recorded behaviour of the service for absent values and for objects inside quotes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from simulator.engine.message import as_text
from simulator.engine.parameters import deeper_than
from simulator.engine.paths import ABSENT

DEEPEST = 100
"""Levels of nesting beyond which JSON stays text. Ours: a run that holds deeper values can't be stored."""

_PIECE = re.compile(r'\\.|"|<(?P<name>[^<>\s"]+)>', re.DOTALL)
_STANDS_FOR = "\ue000{}\ue000"


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: what is named between the brackets, and whether it stands inside quotes."""

    name: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A template, taken apart: texts, and between each two of them a slot."""

    texts: tuple[str, ...]
    slots: tuple[Slot, ...]

    def names(self) -> list[str]:
        """What its placeholders name, each once, in order."""
        return list(dict.fromkeys(slot.name for slot in self.slots))

    def fill(self, value_of: Callable[[str], Any]) -> Any:
        """Insert the values, ABSENT ones too. A JSON value, or text: a quoted one keeps its quotes, as it travels."""
        parts = [self.texts[0]]
        values: dict[str, Any] = {}
        for slot, text in zip(self.slots, self.texts[1:], strict=True):
            name = slot.name
            if name not in values:
                values[name] = value_of(name)
            parts.append(_quoted(values[name]) if slot.quoted else _free(values[name]))
            parts.append(text)
        return arriving("".join(parts))


def template(text: str) -> Template:
    """Take a template apart: every text is one."""
    texts: list[str] = []
    slots: list[Slot] = []
    quoted, begins = False, 0
    for piece in _PIECE.finditer(text):
        name = piece.group("name")
        if name is not None:
            texts.append(text[begins : piece.start()])
            slots.append(Slot(name, quoted))
            begins = piece.end()
        elif piece.group() == '"':
            quoted = not quoted
    return Template((*texts, text[begins:]), tuple(slots))


def objection(taken: Template) -> str:
    """Why what this makes can't be JSON, however harmless the values; "" if it can. Lines of quoted text are fine."""
    parts = [taken.texts[0]]
    for slot, text in zip(taken.slots, taken.texts[1:], strict=True):
        mark = _STANDS_FOR.format(slot.name)
        parts.append(mark if slot.quoted else f'"{mark}"')
        parts.append(text)
    trial = "".join(parts)
    try:
        made = orjson.loads(trial)
    except orjson.JSONDecodeError as error:
        lines = [line.strip() for line in trial.splitlines() if line.strip()]
        return "" if len(lines) > 1 and all(map(_is_text, lines)) else str(error)
    key = _placeholder_key(made)
    return f"placeholder {key} is a key of an object" if key else ""


def arriving(text: str) -> Any:
    """What a target gets when this text is sent to it: its JSON value, or the text itself where it is none.

    A JSON text stays as it travels, with its quotes: a queue that gets `"baz"` holds five characters.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return text if isinstance(value, str) or too_deep(text, value) else value


def too_deep(text: str, value: Any) -> bool:
    """Whether the value that a text stands for is nested too deeply to be kept; most texts have too few brackets."""
    return text.count("{") + text.count("[") > DEEPEST and deeper_than(value, DEEPEST)


def _free(value: Any) -> str:
    if value is ABSENT:
        return '""'
    return orjson.dumps(value).decode() if isinstance(value, str) else as_text(value)


def _quoted(value: Any) -> str:
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else as_text(value).replace('"', "")


def _is_text(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), str)
    except orjson.JSONDecodeError:
        return False


def _placeholder_key(made: Any) -> str:
    """The name of a placeholder that became a key, or a part of one."""
    waiting = [made]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key in value:
                if "\ue000" in key:
                    return str(key.split("\ue000")[1])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return ""
