"""Map and Parallel states: the machines inside them, and all that says how a Map reads, batches and tolerates.

Sources: Step Functions Developer Guide, "Using Map state in Inline mode" and "in Distributed mode", "ItemReader",
"ItemBatcher", "ResultWriter"; "Parallel workflow state".
"""

from collections.abc import Callable
from typing import Any

from patterns.state_machine.checking import expressions, paths, templates
from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import below, shown
from patterns.state_machine.checking.resources import of_map
from patterns.state_machine.checking.variables import assigned

Inner = Callable[[Place, str, Any, tuple[str, ...]], None]
"""Checks a machine inside a state: where it stands, its path, the machine, and fields that it may have besides."""

MOST_ITEMS = 100_000_000
MOST_BATCH_BYTES = 262_144
MOST_CONCURRENT = 2_147_483_647
LONGEST_LABEL = 40
_NOT_IN_LABELS = frozenset(' \t?*<>{}[]:;,\\|^~$#%&`"')
_DISTRIBUTED_ONLY = ("ItemReader", "ItemBatcher", "ResultWriter")
_READER = ("Resource", "ReaderConfig")
_READER_CONFIG = (
    "InputType", "Transformation", "CSVHeaderLocation", "CSVHeaders", "CSVDelimiter", "MaxItems", "ManifestType",
    "ItemsPointer",
)  # fmt: skip
_WORDS = {
    "InputType": ("CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"),
    "Transformation": ("NONE", "LOAD_AND_FLATTEN"),
    "CSVHeaderLocation": ("FIRST_ROW", "GIVEN"),
    "CSVDelimiter": ("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
    "ManifestType": ("ATHENA_DATA", "S3_INVENTORY"),
}


def parallel(place: Place, path: str, state: dict[str, Any], inner: Inner) -> None:
    """The branches of a Parallel state."""
    where = below(path, "Branches")
    if "Branches" not in state:
        place.report.missing(path, "Branches")
    elif place.report.filled(where, state["Branches"], list, "an array of machines with StartAt and States"):
        around = _around(place)
        for number, branch in enumerate(state["Branches"]):
            inner(around, below(where, number), branch, ())


def map_state(place: Place, path: str, state: dict[str, Any], inner: Inner) -> None:
    """The processor of a Map state, its items, and its limits."""
    report = place.report
    report.at_most_one(path, state, "ItemProcessor", "Iterator")
    report.at_most_one(path, state, "ItemSelector", "Parameters")
    report.at_most_one(path, state, "Items", "ItemsPath")
    name = next((name for name in ("ItemProcessor", "Iterator") if name in state), None)
    if name is None:
        report.missing(path, "ItemProcessor")
    else:
        _processor(place, below(path, name), state, state[name], inner)
    _items(place, path, state)
    for field, most in (
        ("MaxConcurrency", MOST_CONCURRENT),
        ("ToleratedFailureCount", MOST_ITEMS),
        ("ToleratedFailurePercentage", 100),
    ):
        _limit(place, path, state, field, 0, most)
    if "Label" in state:
        _label(place, below(path, "Label"), state["Label"])
    if "ItemReader" in state:
        _reader(place, below(path, "ItemReader"), state["ItemReader"])
    if "ItemBatcher" in state:
        _batcher(place, below(path, "ItemBatcher"), state["ItemBatcher"])
    if "ResultWriter" in state:
        _writer(place, below(path, "ResultWriter"), state["ResultWriter"])


def _around(place: Place) -> Place:
    """What holds in a machine inside a state of this one."""
    return place.within(outer=place.outer | assigned(place.states, place.machine_language))


def _processor(place: Place, path: str, state: dict[str, Any], given: Any, inner: Inner) -> None:
    around = _around(place)
    config = given.get("ProcessorConfig") if isinstance(given, dict) else None
    if isinstance(config, dict):
        report, where = place.report, below(path, "ProcessorConfig")
        report.known(where, config, ("Mode", "ExecutionType"), "ProcessorConfig")
        if "Mode" in config:
            report.one_of(below(where, "Mode"), config["Mode"], ("INLINE", "DISTRIBUTED"))
        if "ExecutionType" in config:
            report.one_of(below(where, "ExecutionType"), config["ExecutionType"], ("STANDARD", "EXPRESS"))
        if config.get("Mode") == "DISTRIBUTED":
            around = around.within(outer=frozenset(), express=config.get("ExecutionType") == "EXPRESS")
            if "ExecutionType" not in config:
                report.add(where, "has no ExecutionType", "STANDARD or EXPRESS", "Say of which type the children are.")
            if place.express:
                said = "is DISTRIBUTED, which an Express workflow can't run"
                report.add(below(where, "Mode"), said, cure="Take INLINE, or the type STANDARD for the workflow.")
        elif config.get("Mode") == "INLINE":
            for name in _DISTRIBUTED_ONLY:
                if name in state:
                    at = below(path.rpartition(".")[0], name)
                    report.add(
                        at, "is for the mode DISTRIBUTED, and this is INLINE", cure="Change the mode, or remove it."
                    )
    elif config is not None:
        place.report.add(below(path, "ProcessorConfig"), f"is {shown(config)}", "an object", "Write {…}.")
    inner(around, path, given, ("ProcessorConfig",))


def _items(place: Place, path: str, state: dict[str, Any]) -> None:
    report, where = place.report, below(path, "Items")
    if "ItemsPath" in state:
        paths.reference(report, below(path, "ItemsPath"), state["ItemsPath"])
    if "Items" in state:
        if isinstance(state["Items"], list | dict):
            expressions.values(report, where, state["Items"])
        elif not expressions.number_or(report, where, state["Items"]):
            allowed = 'an array, an object or "{% expression %}"'
            report.add(where, f"is {shown(state['Items'])}", allowed, "Write what holds the items.")
    if "ItemSelector" in state:
        templates.built(report, below(path, "ItemSelector"), state["ItemSelector"], place.language)


def _limit(place: Place, path: str, given: dict[str, Any], field: str, least: int, most: int) -> None:
    """A number that may also come from a path (JSONPath) or an expression (JSONata)."""
    report, where = place.report, below(path, field)
    report.at_most_one(path, given, field, f"{field}Path")
    if f"{field}Path" in given and not place.jsonata:
        paths.reference(report, below(path, f"{field}Path"), given[f"{field}Path"])
    if field not in given or (place.jsonata and expressions.number_or(report, where, given[field])):
        return
    if field == "ToleratedFailurePercentage":
        report.number(where, given[field], least, most)
    else:
        report.whole_number(where, given[field], least, most)


def _label(place: Place, path: str, given: Any) -> None:
    report = place.report
    if not report.text(path, given):
        return
    if not 1 <= len(given) <= LONGEST_LABEL:
        report.add(path, f"has {len(given)} characters", f"1 to {LONGEST_LABEL}", "Take a short label, or none.")
    wrong = sorted({letter for letter in given if letter in _NOT_IN_LABELS or not letter.isprintable()})
    if wrong:
        said = f"holds {' '.join(map(shown, wrong))}"
        report.add(path, said, "no spaces, brackets or special characters", "Take letters, digits, - and _.")


def _object(place: Place, path: str, given: Any, names: tuple[str, ...], noun: str) -> bool:
    """Whether it is an object; a problem if not, and for fields that it has not."""
    if not isinstance(given, dict):
        place.report.add(path, f"is {shown(given)}", "an object", "Write it as an object: {…}.")
        return False
    place.report.known(path, given, names, noun)
    return True


def _called(place: Place) -> str:
    return "Arguments" if place.jsonata else "Parameters"


def _reader(place: Place, path: str, given: Any) -> None:
    report = place.report
    if not _object(place, path, given, (*_READER, _called(place)), f"ItemReader in {place.language}"):
        return
    if "Resource" in given:
        of_map(report, below(path, "Resource"), given["Resource"], "getObject", "listObjectsV2")
    else:
        report.missing(path, "Resource")
    if _called(place) in given:
        templates.built(report, below(path, _called(place)), given[_called(place)], place.language)
    where, config = below(path, "ReaderConfig"), given.get("ReaderConfig", {})
    names = _READER_CONFIG if place.jsonata else (*_READER_CONFIG, "MaxItemsPath")
    if not _object(place, where, config, names, f"ReaderConfig in {place.language}"):
        return
    for name, words in _WORDS.items():
        if name in config:
            report.one_of(below(where, name), config[name], words)
    _limit(place, where, config, "MaxItems", 0, MOST_ITEMS)
    if config.get("CSVHeaderLocation") == "GIVEN" and "CSVHeaders" not in config:
        report.add(where, "says GIVEN and has no CSVHeaders", cure="List the names of the columns.")
    if "CSVHeaders" in config and report.filled(
        below(where, "CSVHeaders"), config["CSVHeaders"], list, "an array of names"
    ):
        for number, name in enumerate(config["CSVHeaders"]):
            report.text(below(below(where, "CSVHeaders"), number), name, "the name of a column")
    if "ItemsPointer" in config:
        report.text(below(where, "ItemsPointer"), config["ItemsPointer"], "a JSON pointer, such as /orders")


def _batcher(place: Place, path: str, given: Any) -> None:
    sizes = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
    from_paths = () if place.jsonata else tuple(f"{name}Path" for name in sizes)
    if not _object(place, path, given, (*sizes, *from_paths, "BatchInput"), f"ItemBatcher in {place.language}"):
        return
    if not any(name in given for name in (*sizes, *from_paths)):
        place.report.missing(path, *sizes, *from_paths)
    _limit(place, path, given, "MaxItemsPerBatch", 1, MOST_ITEMS)
    _limit(place, path, given, "MaxInputBytesPerBatch", 1, MOST_BATCH_BYTES)
    if "BatchInput" in given:
        templates.built(place.report, below(path, "BatchInput"), given["BatchInput"], place.language)


def _writer(place: Place, path: str, given: Any) -> None:
    report = place.report
    if not _object(
        place, path, given, ("Resource", "WriterConfig", _called(place)), f"ResultWriter in {place.language}"
    ):
        return
    if "Resource" in given:
        of_map(report, below(path, "Resource"), given["Resource"], "putObject")
    elif "WriterConfig" not in given:
        report.missing(path, "Resource", "WriterConfig")
    if _called(place) in given:
        templates.built(report, below(path, _called(place)), given[_called(place)], place.language)
    where, config = below(path, "WriterConfig"), given.get("WriterConfig", {})
    if _object(place, where, config, ("Transformation", "OutputType"), "WriterConfig"):
        for name, words in (("Transformation", ("NONE", "COMPACT", "FLATTEN")), ("OutputType", ("JSON", "JSONL"))):
            if name in config:
                report.one_of(below(where, name), config[name], words)
