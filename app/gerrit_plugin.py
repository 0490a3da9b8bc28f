"""The plugin for Gerrit's page, with the two lines filled in that say where it belongs."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path
from typing import Final

from app.domain import ConfigurationError

#: In a checkout, and where an installed package keeps its data files.
PLACES: Final = (
    Path(__file__).parents[1] / "deploy" / "gerrit-plugin" / "tactful.js",
    Path(sysconfig.get_path("data")) / "share" / "tactful" / "tactful.js",
)


def filled_in(service: str, server: str, places: tuple[Path, ...] = PLACES) -> str:
    """The file to copy into the ``plugins/`` of the Gerrit called ``server``; ``service`` is the address of this Tactful.

    Raises ``ConfigurationError`` where it is not installed, or is not as it is known here.
    """
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise ConfigurationError("The plugin (deploy/gerrit-plugin/tactful.js) is not installed beside this Tactful.")
    source = found.read_text("utf-8")
    for name, value in (("SERVICE", service), ("SERVER", server)):
        line = f'const {name} = "";'
        if source.count(f"{line}\n") != 1:
            raise ConfigurationError(f"The plugin at {found} has no line `{line}` to fill in.")
        source = source.replace(line, f"const {name} = {json.dumps(value)};")  # JSON strings are JavaScript's, too
    return source
