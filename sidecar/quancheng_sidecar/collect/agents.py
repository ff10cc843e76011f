"""Who does something 经手人: the name that is given, or that of whoever works at this machine."""

import getpass

from quancheng_plugin.errors import QuanchengError

_LONGEST = 64


class AgentNameTooLong(QuanchengError):
    """The name of whoever does something is longer than what keeps it."""

    code = "QC-AGENT-LONG"


def current_agent() -> str:
    """Who works at this machine: the login name, or `unknown` where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number without a name
        return "unknown"


def agent_of(by: str) -> str:
    """Who is said to do something, else who works at this machine. Raises AgentNameTooLong beyond 64 characters."""
    name = by.strip() or current_agent()
    if len(name) > _LONGEST:
        raise AgentNameTooLong(
            zh=f"经手人“{name[:20]}…”超过 {_LONGEST} 个字，不像姓名：请核对 --by 后重试。",
            en=f"{name[:20]!r}… is longer than {_LONGEST} characters and no name: check --by and try again.",
        )
    return name
