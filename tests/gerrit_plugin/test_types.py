"""The plugin against Gerrit's own types: plain JavaScript, checked as strictly as TypeScript would be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.gerrit_plugin import filled_in

HERE = Path(__file__).parent
PLUGIN = HERE.parents[1] / "deploy" / "gerrit-plugin" / "tactful.js"
TSC = HERE.parent / "node_modules" / ".bin" / "tsc"


def tsc(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("node") is None or not TSC.exists():
        pytest.skip("TypeScript is not here: `npm ci --prefix tests` installs it")
    return subprocess.run([TSC, *arguments], cwd=HERE, capture_output=True, text=True)


def test_it_is_what_gerrit_expects() -> None:
    checked = tsc("--project", "tsconfig.json", "--checkJs", "--strict", "--noEmit")
    assert checked.returncode == 0, checked.stdout


def test_the_check_sees_a_wrong_call(tmp_path: Path) -> None:
    """So that a check of nothing would be noticed."""
    wrong = PLUGIN.read_text("utf-8").replace('"above-actions" }', "3 }")
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "tactful.js").write_text(wrong)
    shutil.copy(PLUGIN.parent / "types.d.ts", folder)
    (tmp_path / "tsconfig.json").write_text(
        f'{{"extends": "{HERE / "tsconfig.json"}", "files": ["plugin/tactful.js", "plugin/types.d.ts"]}}'
    )
    checked = tsc("--project", str(tmp_path / "tsconfig.json"))
    assert checked.returncode != 0
    assert "number" in checked.stdout


def test_it_is_small_and_stands_alone() -> None:
    source = PLUGIN.read_text("utf-8")
    assert len(filled_in("https://tactful.example.org", "gerrit.example.org").encode()) <= 20 * 1024
    code = [line for line in source.splitlines() if line and not line.startswith("//") and not line.startswith("{")]
    assert code[:2] == ['const SERVICE = "";', 'const SERVER = "";']
    for never in ("import ", "require(", "innerHTML", "eval(", "document.write"):
        assert never not in source, never
