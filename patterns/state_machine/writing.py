"""The ResultWriter of a distributed Map: files with what became of each child execution, and a manifest of them.

Sources: Step Functions Developer Guide, "ResultWriter (Map)": manifest.json, SUCCEEDED_n.json, FAILED_n.json and
PENDING_n.json below the prefix and the id of the map run; Transformation NONE gives the executions, COMPACT their
outputs, FLATTEN the members of outputs that are arrays; OutputType JSON or JSONL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.asking import Asking
from patterns.state_machine.data.templates import Template, path_template, query_template
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import RESULT_WRITER_FAILED, StateError
from patterns.state_machine.shapes import a_text, an_object

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

NONE, COMPACT = "NONE", "COMPACT"


class ResultWriter:
    """`settings` is WriterConfig. Without a Resource nothing is written, and only the output is transformed."""

    __slots__ = ("parameters", "resource", "settings")

    def __init__(self, fields: dict[str, Any], where: str, is_query: bool) -> None:
        an_object(fields, where)
        self.resource = a_text(fields.get("Resource", ""), f"{where}.Resource")
        self.settings = an_object(fields.get("WriterConfig") or {}, f"{where}.WriterConfig")
        name = "Arguments" if is_query else "Parameters"
        self.parameters: Template | None = None
        if name in fields:
            self.parameters = (
                query_template(fields[name], f"{where}.{name}", f"ResultWriter/{name}")
                if is_query
                else path_template(fields[name], f"{where}.{name}")
            )

    @property
    def transformation(self) -> str:
        return str(self.settings.get("Transformation", NONE if self.resource else COMPACT))

    def filled(self, flow: Flow, narrowed: Any) -> dict[str, Any]:
        """Bucket and Prefix. Raises StateError."""
        if self.parameters is None:
            return {}
        found = self.parameters.fill(flow.state.pipeline.seen(flow, narrowed))
        return found if isinstance(found, dict) else {}

    def transformed(self, told: list[dict[str, Any]]) -> list[Any]:
        """What is written of the child executions `told`, each as DescribeExecution tells it."""
        if self.transformation == NONE:
            return list(told)
        outputs = [execution["_output"] for execution in told]
        if self.transformation == COMPACT:
            return outputs
        flat: list[Any] = []
        for output in outputs:
            flat.extend(output if isinstance(output, list) else [output])
        return flat

    def request(
        self, parameters: dict[str, Any], arn: str, groups: dict[str, list[dict[str, Any]]], run: Any
    ) -> Writing:
        """The files of `groups`: child executions by SUCCEEDED, FAILED and PENDING."""
        label = arn.rsplit(":", 1)[-1]
        prefix = "/".join(part for part in (str(parameters.get("Prefix", "")).strip("/"), label) if part)
        jsonl = self.settings.get("OutputType") == "JSONL"
        files: dict[str, str] = {}
        listed: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        for status, told in groups.items():
            if told:
                key = f"{prefix}/{status}_0.{'jsonl' if jsonl else 'json'}"
                rows = self.transformed(told) if status == "SUCCEEDED" else list(told)
                shown = [_public(row) for row in rows]
                files[key] = "\n".join(map(written, shown)) if jsonl else written(shown)
                listed[status].append({"Key": key, "Size": len(files[key].encode())})
        manifest = {"DestinationBucket": parameters.get("Bucket"), "MapRunArn": arn, "ResultFiles": listed}
        files[f"{prefix}/manifest.json"] = written(manifest)
        return Writing(self, parameters, files, f"{prefix}/manifest.json", run)


class Writing(Asking):
    """A request to write files that is under way: `bucket`, and `files` as key → text."""

    __slots__ = ("_writer", "files", "manifest")

    def __init__(
        self, writer: ResultWriter, parameters: dict[str, Any], files: dict[str, str], manifest: str, run: Any
    ) -> None:
        super().__init__(parameters, run)
        self._writer = writer
        self.files = files
        self.manifest = manifest

    @property
    def resource(self) -> str:
        return self._writer.resource

    @property
    def bucket(self) -> str:
        return str(self.parameters.get("Bucket", ""))

    def succeeded(self) -> bool:
        if not self._ends():
            return False
        self._run.stored({"Bucket": self.bucket, "Key": self.manifest})
        return True

    def failed(self, why: str) -> bool:
        if not self._ends():
            return False
        self._run.unwritten(StateError(RESULT_WRITER_FAILED, why))
        return True


def _public(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != "_output"} if isinstance(row, dict) else row
