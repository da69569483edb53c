"""The command line: one command a file, each reading, calling one verb, writing and saying where."""

from __future__ import annotations

from audit_toolkit.cli.main import main

__all__ = ["main"]
