"""Writes docs/reference/json.md, from the code itself: what commands print with `--json`, and every error code."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

import quancheng_plugin
import quancheng_sidecar
from quancheng_plugin.errors import QuanchengError
from quancheng_sidecar.web.ready import ready

_HEAD = """# What `--json` prints

Made from the code by `make reference`; a test fails when this page is behind it. Every command prints one JSON
document on standard output. Instants are ISO 8601 with offset, lengths of time are seconds, digests name their kind.
Exit status: 0 done, 1 failed (the document is `Failure`, or an `AddReport` that says of each file whether it failed),
2 wrong usage (told on standard error, with nothing printed), 3 done with something grave: a finding of severity high,
a verdict that lacks a recording which the rule demands, a log or store that does not hold, no valid signature.
"""


def models() -> dict[str, type[BaseModel]]:
    """The model that each command prints; needs Django's apps loaded."""
    from quancheng_plugin.forms.reading import FormReading
    from quancheng_plugin.signing.report import VerifyReport
    from quancheng_sidecar.archive.paperless.check import CheckReport
    from quancheng_sidecar.archive.paperless.setup import SetupReport
    from quancheng_sidecar.archive.port import SearchPage
    from quancheng_sidecar.cli.adding import AddReport
    from quancheng_sidecar.cli.case import CaseList, Filed
    from quancheng_sidecar.cli.clock import ClockPage
    from quancheng_sidecar.cli.demonstration import DemoReport
    from quancheng_sidecar.cli.device import DeviceCheckEntry, DeviceCheckList
    from quancheng_sidecar.cli.intake import IntakeList
    from quancheng_sidecar.cli.log import CheckedProof, History
    from quancheng_sidecar.cli.output import Failure
    from quancheng_sidecar.cli.profiles import DeviceProfileDetail, DeviceProfileList
    from quancheng_sidecar.cli.records import (
        DocumentDetail,
        DocumentEntry,
        DocumentList,
        RecordingDetail,
        RecordingEntry,
        RecordingList,
    )
    from quancheng_sidecar.cli.syncing import SyncReport
    from quancheng_sidecar.cli.tracing import IdentifyReport, TraceReport
    from quancheng_sidecar.cli.up import Up
    from quancheng_sidecar.core.tlog_proof import InclusionProof
    from quancheng_sidecar.media.comparison.report import Comparison
    from quancheng_sidecar.media.report import RecordingReport
    from quancheng_sidecar.preserve.fixity import FixityReport
    from quancheng_sidecar.preserve.report import LogVerification
    from quancheng_sidecar.use.report import WrittenReport
    from quancheng_sidecar.use.services import CaseCheck

    return {
        "document read": FormReading,
        "document add, recording add, intake retry, intake dismiss": AddReport,
        "document sign, document verify": VerifyReport,
        "document list": DocumentList,
        "document show": DocumentDetail,
        "document correct": DocumentEntry,
        "recording inspect": RecordingReport,
        "recording compare": Comparison,
        "recording identify": IdentifyReport,
        "recording trace": TraceReport,
        "recording list": RecordingList,
        "recording show": RecordingDetail,
        "recording correct": RecordingEntry,
        "case check": CaseCheck,
        "case report": WrittenReport,
        "case file": Filed,
        "case list": CaseList,
        "demo": DemoReport,
        "intake list": IntakeList,
        "paperless setup": SetupReport,
        "paperless check": CheckReport,
        "search": SearchPage,
        "log verify": LogVerification,
        "log prove": InclusionProof,
        "log list": History,
        "log check": CheckedProof,
        "store verify": FixityReport,
        "device check": DeviceCheckEntry,
        "device list": DeviceCheckList,
        "device learn, device profiles, device forget": DeviceProfileList,
        "device profile": DeviceProfileDetail,
        "paperless sync": SyncReport,
        "up": Up,
        "clock": ClockPage,
        "any command that fails": Failure,
    }


def reference() -> str:
    """The page as Markdown."""
    parts, told = [_HEAD], set[str]()
    for command, model in models().items():
        schema = model.model_json_schema(mode="serialization")
        parts.append(f"\n## {command}: `{model.__name__}`\n")
        parts += _table(schema)
        for name, inner in schema.get("$defs", {}).items():
            if name not in told and "properties" in inner:
                told.add(name)
                parts.append(f"\n### {name}\n")
                parts += _table(inner)
    parts += ["\n## Error codes\n", "| code | meaning |", "|---|---|", *_codes()]
    return "\n".join(parts) + "\n"


def _codes() -> list[str]:
    """Every code that a person may see, with what its class says of it; codes of Paperless' own app stand there."""
    for package in (quancheng_plugin, quancheng_sidecar):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not set(module.name.split(".")) & {"host", "migrations", "__main__", "wsgi"}:
                importlib.import_module(module.name)
    kinds, found = [QuanchengError], dict[str, str]()
    for kind in kinds:
        kinds += kind.__subclasses__()
        # Classes of ours, and not those that a test or a child's answer made.
        if kind.__module__.startswith("quancheng_") and hasattr(sys.modules[kind.__module__], kind.__name__):
            found.setdefault(kind.code, (kind.__doc__ or "").strip().splitlines()[0])
    found["QC-INTERNAL"] = "A fault of ours; the sentence says where its details were written."
    return [f"| `{code}` | {meaning} |" for code, meaning in sorted(found.items())]


def _table(schema: dict[str, Any]) -> Iterator[str]:
    about = schema.get("description", "")
    yield f"{' '.join(about.split())}\n"
    yield "| name | type |"
    yield "|---|---|"
    for name, shape in schema.get("properties", {}).items():
        yield f"| `{name}` | {_type(shape)} |"


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[-1]
    if "enum" in shape:
        return " · ".join(f"`{value}`" for value in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(_type(option) for option in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {_type(shape.get('items', {}))}"
    if shape.get("type") == "object":
        return (
            f"map to {_type(shape['additionalProperties'])}"
            if isinstance(shape.get("additionalProperties"), dict)
            else "object"
        )
    return str(shape.get("format", shape.get("type", "any")))


if __name__ == "__main__":
    ready()
    sys.stdout.write(reference())
