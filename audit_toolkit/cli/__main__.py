"""python -m audit_toolkit.cli: the same as audit-toolkit."""

from __future__ import annotations

from audit_toolkit.cli.main import main

main()
