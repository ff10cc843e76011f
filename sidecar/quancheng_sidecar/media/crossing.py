"""How a call, its result and its error cross to a child process: as JSON by annotations, never pickled."""

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from quancheng_plugin.errors import QuanchengError


def encode_call(function: Callable[..., object], args: tuple[object, ...]) -> bytes:
    """Give the call as JSON: the function by module and name, the arguments by its annotations."""
    hints, names = get_type_hints(function), list(inspect.signature(function).parameters)
    values = [
        TypeAdapter(hints[name]).dump_python(value, mode="json") for name, value in zip(names, args, strict=False)
    ]
    call = {"module": function.__module__, "function": function.__qualname__, "args": values}
    return json.dumps(call).encode()


def decode_call(data: bytes) -> tuple[Callable[..., object], list[object]]:
    """Give the function and its arguments, as `encode_call` wrote them."""
    call = json.loads(data)
    function = getattr(importlib.import_module(call["module"]), call["function"])
    hints, names = get_type_hints(function), list(inspect.signature(function).parameters)
    values = [
        TypeAdapter(hints[name]).validate_python(value, strict=False)
        for name, value in zip(names, call["args"], strict=False)
    ]
    return function, values


def result_type(function: Callable[..., object]) -> TypeAdapter[Any]:
    """Give the adapter of what the function returns."""
    return TypeAdapter(get_type_hints(function)["return"])


def encode_error(error: QuanchengError) -> dict[str, str]:
    """Give an error as JSON: its class's code and both sentences."""
    return {"code": error.code, "zh": error.sentence.zh, "en": error.sentence.en}


def error_of(answer: dict[str, str]) -> QuanchengError:
    """Give the error again, of the class that carries its code (the root's, when no loaded class does)."""
    found = next((kind for kind in _kinds(QuanchengError) if kind.code == answer["code"]), None)
    if found is None:
        found = type("ChildError", (QuanchengError,), {"code": answer["code"]})
    return found(zh=answer["zh"], en=answer["en"])


def _kinds(root: type[QuanchengError]) -> Iterator[type[QuanchengError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)
