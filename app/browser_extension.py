"""The browser extension as one archive, the same bytes each time, for Chromium and Firefox alike."""

from __future__ import annotations

import io
import json
import sysconfig
import zipfile
from pathlib import Path
from typing import Final

from app.domain import ConfigurationError

#: In a checkout, and where an installed package keeps its data files.
PLACES: Final = (
    Path(__file__).parents[1] / "deploy" / "browser-extension",
    Path(sysconfig.get_path("data")) / "share" / "tactful" / "browser-extension",
)
#: What browsers load; the rest of the folder is for whoever works on it.
LOADED: Final = ("*.json", "*.js", "*.html", "*.css", "*.png")
#: The first moment that the format knows: the archive does not say when it was made.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def packed(places: tuple[Path, ...] = PLACES) -> tuple[str, bytes]:
    """(file name, archive). Nothing in it depends on the machine or the moment.

    Raises ``ConfigurationError`` where the extension is not installed.
    """
    found = next((place for place in places if (place / "manifest.json").is_file()), None)
    if found is None:
        raise ConfigurationError("The extension (deploy/browser-extension) is not installed beside this Tactful.")
    version = json.loads((found / "manifest.json").read_text("utf-8"))["version"]
    files = sorted({file for kind in LOADED for file in found.glob(kind)})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:  # compressors differ from machine to machine
        for file in files:
            entry = zipfile.ZipInfo(file.name, _NO_TIME)
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return f"tactful-extension-{version}.zip", made.getvalue()
