"""Items of a data set: CSV, JSON, JSONL, listed objects, a manifest's rows, as an ItemReader gives them to a Map.

Sources: Step Functions Developer Guide, "ItemReader (Map)", "CSV headers"; recorded on the service: too few columns are
empty texts, too many are left out, duplicate headers and JSON that is no array are refused with these sentences.
"""

import csv
import io
from typing import Any

from simulator.engine.json_text import value_of

CSV, JSONL = "CSV", "JSONL"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class Unreadable(ValueError):  # noqa: N818 - it is what the data set is
    """A data set that holds no items, with the service's sentence."""


def items_of(found: Any, settings: dict[str, Any]) -> list[Any]:
    """The items of what was found: a text, read as the ReaderConfig `settings` say, or items already. Raises
    Unreadable.
    """
    if isinstance(found, list):
        return found
    kind = settings.get("InputType")
    if isinstance(found, str):
        if kind == CSV:
            return _rows(found, settings)
        if kind == JSONL:
            return _lines(found)
        found = _parsed(found)
    pointer = settings.get("ItemsPointer")
    if pointer:
        found = _pointed(found, pointer)
    if isinstance(found, dict) and pointer:
        return [{"Key": name, "Value": value} for name, value in found.items()]
    if not isinstance(found, list):
        raise Unreadable("Attempting to map over non-iterable node.")
    return found


def _rows(text: str, settings: dict[str, Any]) -> list[Any]:
    delimiter = DELIMITERS.get(settings.get("CSVDelimiter", "COMMA"), ",")
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        lines = [row for row in rows if row]
    except csv.Error as problem:
        raise Unreadable(f"The CSV file cannot be read: {problem}") from None
    headers = settings.get("CSVHeaders") if settings.get("CSVHeaderLocation") == "GIVEN" else None
    if headers is None:
        headers = lines.pop(0) if lines else []
    if len(set(headers)) < len(headers):
        raise Unreadable("CSV headers cannot contain duplicates.")
    missing = [""] * len(headers)
    return [dict(zip(headers, [*row, *missing], strict=False)) for row in lines]


def _lines(text: str) -> list[Any]:
    return [_parsed(line) for line in text.splitlines() if line.strip()]


def _parsed(text: str) -> Any:
    try:
        return value_of(text)
    except ValueError:
        raise Unreadable("Provided S3 object was not valid JSON.") from None


def _pointed(value: Any, pointer: str) -> Any:
    """What a JSON pointer leads to. Source: RFC 6901."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise Unreadable(f"The ItemsPointer {pointer} leads nowhere in the data set.")
    return value


def batches(items: list[Any], most: int | None, largest: int | None, common: Any, size_of: Any) -> list[Any]:
    """Items put together: at most `most` in a batch, and at most `largest` bytes; `common` is BatchInput or None.

    Source: Developer Guide, "ItemBatcher (Map)".
    """
    done: list[list[Any]] = []
    batch: list[Any] = []
    held = base = size_of({"BatchInput": common, "Items": []}) if largest is not None else 0
    for item in items:
        weight = size_of(item) + 1 if largest is not None else 0
        if batch and (len(batch) == most or (largest is not None and held + weight > largest)):
            done.append(batch)
            batch, held = [], base
        batch.append(item)
        held += weight
    if batch:
        done.append(batch)
    return [{"Items": batch} if common is None else {"BatchInput": common, "Items": batch} for batch in done]
