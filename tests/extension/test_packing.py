"""The archives: the same each time, whole, and nothing that Mozilla's linter or the type checker would mention."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import __version__
from app.browser_extension import PLACES, packed
from app.cli import app
from app.domain import ConfigurationError

HERE = Path(__file__).parent
BIN = HERE.parent / "node_modules" / ".bin"
EXTENSION = PLACES[0]
CODE = sorted(EXTENSION.glob("*.js"))


def node(program: str, *arguments: str, cwd: Path = HERE) -> subprocess.CompletedProcess[str]:
    if shutil.which("node") is None or not (BIN / program).exists():
        pytest.skip(f"{program} is not here: `npm ci --prefix tests` installs it")
    environ = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    return subprocess.run([BIN / program, *arguments], cwd=cwd, env=environ, capture_output=True, text=True)


def opened(archive: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive))


def background(archive: bytes) -> dict[str, Any]:
    return json.loads(opened(archive).read("manifest.json"))["background"]  # type: ignore[no-any-return]


def test_one_command_packs_both(tmp_path: Path) -> None:
    first, second = (CliRunner().invoke(app, ["extension", "zip", str(tmp_path / name)]) for name in "ab")
    assert first.exit_code == second.exit_code == 0
    names = [f"tactful-{__version__}-chromium.zip", f"tactful-{__version__}-firefox.zip"]
    assert sorted(file.name for file in (tmp_path / "a").iterdir()) == names
    assert first.output.split() == [str(tmp_path / "a" / name) for name in names]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_archive_does_not_depend_on_the_moment_or_the_order_of_files(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in sorted(EXTENSION.iterdir(), reverse=True):
        (copy / file.name).write_bytes(file.read_bytes())
        os.utime(copy / file.name, (10**9, 10**9))
    assert packed((copy,)) == packed()


def test_each_holds_all_that_is_loaded_and_its_own_background() -> None:
    chromium, firefox = packed().values()
    names = set(opened(chromium).namelist())
    assert names == set(opened(firefox).namelist())
    assert not {name for name in names if name.endswith((".md", ".d.ts"))}
    for name in names:
        text = opened(chromium).read(name).decode("utf-8", "replace")
        for used in re.findall(r'(?:from|src=|href=|"default_popup":|"page":)\s*"\.?/?([\w-]+\.\w+)"', text):
            assert used in names, f"{name} needs {used}"
    assert {"selectors.js", "hint.js", "content.js", "icon-128.png"} <= names
    assert background(chromium) == {"service_worker": "background.js", "type": "module"}
    assert background(firefox) == {"scripts": ["background.js"], "type": "module"}


def test_it_asks_for_no_more_than_it_needs() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text("utf-8"))
    assert manifest["permissions"] == ["scripting", "storage"]
    assert not {"host_permissions", "content_scripts", "web_accessible_resources", "externally_connectable"} & set(
        manifest
    )
    assert manifest["version"] == __version__
    assert "script-src 'self'" in manifest["content_security_policy"]["extension_pages"]


def test_where_it_is_not_installed_a_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not installed"):
        packed((tmp_path,))


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_the_linter_finds_nothing(tmp_path: Path, browser: str) -> None:
    """But one thing in Chromium's: that Firefox would not heed what Chromium cannot do without."""
    [archive] = [archive for name, archive in packed().items() if browser in name]
    opened(archive).extractall(tmp_path)
    said = node("web-ext", "lint", "--source-dir", str(tmp_path), "--output", "json", "--no-config-discovery")
    found = json.loads(said.stdout)
    codes = [one["code"] for kind in ("errors", "warnings", "notices") for one in found[kind]]
    expected = {"firefox": [], "chromium": ["BACKGROUND_SERVICE_WORKER_NOFALLBACK"]}
    assert codes == expected[browser]


def test_the_types_are_right() -> None:
    checked = node("tsc", "--project", "tsconfig.json")
    assert checked.returncode == 0, checked.stdout


def test_the_check_sees_a_wrong_call(tmp_path: Path) -> None:
    """So that a check of nothing would be noticed."""
    copy = shutil.copytree(EXTENSION, tmp_path / "extension")
    code = (copy / "content.js").read_text("utf-8")
    (copy / "content.js").write_text(code.replace('ask("state")', 'ask("stat")'))
    shutil.copy(HERE / "tsconfig.json", tmp_path)
    options = json.loads((tmp_path / "tsconfig.json").read_text())
    options["compilerOptions"]["typeRoots"] = [str(HERE.parent / "node_modules" / "@types")]
    (tmp_path / "tsconfig.json").write_text(json.dumps({**options, "include": ["extension/*"]}))
    checked = node("tsc", "--project", str(tmp_path / "tsconfig.json"))
    assert checked.returncode != 0
    assert "stat" in checked.stdout


@pytest.mark.parametrize("file", CODE, ids=lambda file: file.name)
def test_no_code_comes_from_elsewhere_and_no_text_becomes_markup(file: Path) -> None:
    source = file.read_text("utf-8")
    for never in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        "document.write",
        "import(",
        "http:/",
    ):
        assert never not in source, never
    assert len(source.splitlines()) <= 200
