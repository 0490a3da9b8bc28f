from __future__ import annotations

import pytest

from tests.platforms.github.asking import SECRET
from tests.platforms.github.forge import Forge


@pytest.fixture
def forge() -> Forge:
    return Forge(SECRET)
