from __future__ import annotations

from app.channels import AFTER_PUBLICATION, afterwards


def test_what_is_still_possible_depends_on_the_platform() -> None:
    assert afterwards("github", published=True) == AFTER_PUBLICATION
    assert afterwards("gerrit", published=True) == "Others may have read it. A short reply is still fine."
    assert afterwards("gerrit", published=False) == ""
    assert afterwards("github", published=False) == ""
