"""The browser extension as an archive for each browser, the same bytes each time."""

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
MANIFEST: Final = "manifest.json"
#: What browsers load beside the manifest; the rest of the folder is for whoever works on it.
LOADED: Final = ("*.js", "*.html", "*.css", "*.png")
#: How each browser wants its background named. Both take a manifest with the two of them, and complain about the other's.
_OTHERS: Final = {"chromium": "scripts", "firefox": "service_worker"}
#: The first moment that the format knows: the archive does not say when it was made.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


def packed(places: tuple[Path, ...] = PLACES) -> dict[str, bytes]:
    """The archives by file name, one for Chromium and one for Firefox. Nothing in them depends on the machine or the moment.

    Raises ``ConfigurationError`` where the extension is not installed.
    """
    found = next((place for place in places if (place / MANIFEST).is_file()), None)
    if found is None:
        raise ConfigurationError("The extension (deploy/browser-extension) is not installed beside this Tactful.")
    manifest = json.loads((found / MANIFEST).read_text("utf-8"))
    files = {file.name: file.read_bytes() for kind in LOADED for file in found.glob(kind)}
    return {
        f"tactful-{manifest['version']}-{browser}.zip": _archive({**files, MANIFEST: _manifest(manifest, other)})
        for browser, other in _OTHERS.items()
    }


def _manifest(manifest: dict[str, object], other: str) -> bytes:
    background = manifest["background"]
    assert isinstance(background, dict), "both browsers want an object"
    kept = {key: value for key, value in background.items() if key != other}
    return json.dumps({**manifest, "background": kept}, indent=2).encode()


def _archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:  # compressors differ from machine to machine
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()
