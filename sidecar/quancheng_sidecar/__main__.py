"""`python -m quancheng_sidecar`: the same as the command `quancheng`."""

from quancheng_sidecar.cli.main import run

run()
