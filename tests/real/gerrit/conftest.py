"""The service beside a real Gerrit: connected, with Rita signed up, her events coming in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.gerrit.house import House, house
from tests.real.gerrit.server import RealGerrit


@pytest.fixture
def home(gerrit: RealGerrit, tmp_path: Path) -> Iterator[House]:
    with house(gerrit, tmp_path) as opened:
        yield opened
