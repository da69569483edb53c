"""What tests of several rooms share: a real PostgreSQL, for those marked `database`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as made:
        yield made
