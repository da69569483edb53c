"""What tests of several rooms share: a real PostgreSQL, for those marked `database`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from postgres import Server, running

# The arrays here are small: threads of the linear algebra library only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as made:
        yield made
