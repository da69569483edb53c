"""Running a command as a person does: what it prints, what it says, and how it ends."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit_toolkit.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit status, the data on stdout and the messages on stderr."""

    status: int
    data: str
    messages: str


def run(*arguments: str) -> Done:
    """Run audit-toolkit in this process."""
    data, messages = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(data), contextlib.redirect_stderr(messages), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return Done(int(str(ended.value.code)), data.getvalue(), messages.getvalue())
