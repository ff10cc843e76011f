"""The other side of `process.in_child`: reads one call on standard input, writes one answer on standard output."""

import json
import os
import sys
import traceback

from quancheng_plugin.errors import LimitExceeded, QuanchengError, StorageFull, ToolMissing
from quancheng_sidecar.media.crossing import decode_call, encode_error, result_type

_TURN_S = 0.001
"""How long a thread may keep the interpreter's lock while others wait for it. With the usual 5 ms the thread that reads
packets waits for the one that loads the reader of text: 7 % of an inspection."""


def main() -> int:
    """Make the call; a coded error is an answer too, anything else ends with status 1 and its trace."""
    # Libraries print where they like; only the answer may stand on standard output.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.setswitchinterval(_TURN_S)
    try:
        function, args = decode_call(sys.stdin.buffer.read())
        answer: dict[str, object] = {"result": result_type(function).dump_python(function(*args), mode="json")}
    except QuanchengError as error:
        answer = {"error": encode_error(error)}
    except ModuleNotFoundError as fault:  # of ours: nothing in a file decides what is imported
        answer = {"error": encode_error(_incomplete(fault))}
    except MemoryError:
        bound = LimitExceeded(
            zh="处理已停止，超出内存限度：文件已保留，可由管理员放宽限度后重试。",
            en="Processing was stopped at its memory bound: the file is kept; raise the bound and retry.",
        )
        answer = {"error": encode_error(bound)}
    except OSError as fault:
        if fault.errno not in StorageFull.numbers:
            traceback.print_exc()
            return 1
        answer = {"error": encode_error(StorageFull.at(fault.filename or "临时文件 temporary file"))}
    except Exception:  # noqa: BLE001  whatever a reader of hostile bytes raises must become an answer of the parent's
        traceback.print_exc()
        return 1
    with answers:
        answers.write(json.dumps(answer).encode())
    return 0


def _incomplete(fault: ModuleNotFoundError) -> ToolMissing:
    part = fault.name or "？"
    return ToolMissing(
        zh=f"程序缺少组件（{part}），无法检验；文件未受影响。请由管理员重新安装后重试。",
        en=f"A part of the program is missing ({part}), so nothing was examined. Install it again and retry.",
    )


if __name__ == "__main__":
    sys.exit(main())
