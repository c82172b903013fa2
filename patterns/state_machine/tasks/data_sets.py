"""Data sets of distributed Maps: read from a bucket before the first child starts, and written when all have ended.

Source: Step Functions Developer Guide, "ItemReader (Map)" and "ResultWriter (Map)".
"""

from typing import TYPE_CHECKING, Any

from patterns.state_machine.execution import Execution
from patterns.state_machine.reading import Reading
from patterns.state_machine.tasks.targets import STORE, Need
from patterns.state_machine.writing import Writing
from simulator.engine.errors import ServiceError
from simulator.engine.link import Link
from simulator.engine.message import ACTION, Message
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

GET, LIST, PUT = "getObject", "listObjectsV2", "putObject"


class DataSets:
    """What a machine asks of buckets."""

    __slots__ = ("_machine",)

    def __init__(self, machine: "StateMachine") -> None:
        self._machine = machine

    def read(self, reading: Reading) -> None:
        """Ask for the object, or for the list of objects, that a reader names."""
        given = reading.parameters if isinstance(reading.parameters, dict) else {}
        link = self._link(given.get("Bucket"), reading.execution, reading.failed)
        if link is not None:
            action = LIST if reading.resource.endswith(LIST) else GET
            message = self._make(link, given, action, reading.execution)
            link.send(message, Answer(self._machine, message, reading).heard)

    def write(self, writing: Writing) -> None:
        """Put the files, and with the last of them the results are written."""
        link = self._link(writing.bucket, writing.execution, writing.failed)
        if link is not None:
            files = Files(self._machine, writing)
            for key, text in writing.files.items():
                body = {"Bucket": writing.bucket, "Key": key, "Body": text}
                message = self._make(link, body, PUT, writing.execution)
                link.send(message, File(files, message).heard)

    def _link(self, bucket: Any, execution: Execution, failed: Any) -> Link | None:
        """The way to a bucket; where there is none, `failed` hears of it in a moment."""
        machine, name = self._machine, str(bucket or "")
        link = machine.link_for("", Need(STORE, name, "Bucket"))
        if link is None:
            machine.world.after(0, failed, f"The bucket {name} does not exist, or no task link leads to it.")
        return link

    def _make(self, link: Link, body: dict[str, Any], action: str, execution: Execution) -> Message:
        machine = self._machine
        cause, attributes = machine.running_of(execution).message, {ACTION: action}
        bytes_ = size(body) + size_of_attributes(attributes)
        message = machine.make(cause.type, body, bytes_, cause=cause, attributes=attributes)
        machine.record("task_made", message.id, cause.id, link.index, action)
        return message


class Answer:
    """A reader that waits for its data set."""

    __slots__ = ("_machine", "_message", "_reading")

    def __init__(self, machine: "StateMachine", message: Message, reading: Reading) -> None:
        self._machine = machine
        self._message = message
        self._reading = reading

    def heard(self, answer: Any, error: ServiceError | None) -> None:
        if error is not None:
            self._machine.record("withdrawn", self._message.id, error.code)
            self._reading.failed(f"{error.code}: {error.message}")
        elif isinstance(answer, dict) and "Contents" in answer:
            self._reading.succeeded(answer["Contents"])
        elif isinstance(answer, dict) and "Body" in answer:
            self._reading.succeeded(answer["Body"])
        else:
            self._reading.failed("The object does not exist, or holds nothing.")


class Files:
    """The files of a writer, `left` of which are not written yet."""

    __slots__ = ("left", "machine", "writing")

    def __init__(self, machine: "StateMachine", writing: Writing) -> None:
        self.machine = machine
        self.writing = writing
        self.left = len(writing.files)


class File:
    """One file that is being written."""

    __slots__ = ("_files", "_message")

    def __init__(self, files: Files, message: Message) -> None:
        self._files = files
        self._message = message

    def heard(self, answer: Any, error: ServiceError | None) -> None:
        files = self._files
        if error is not None:
            files.machine.record("withdrawn", self._message.id, error.code)
            files.writing.failed(f"{error.code}: {error.message}")
            return
        files.left -= 1
        if not files.left:
            files.writing.succeeded()
