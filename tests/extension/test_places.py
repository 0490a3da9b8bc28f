"""Which repository a page is about: what is left out of Tactful there, and what the project's own settings say, hang on it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SELECTORS = Path(__file__).parents[2] / "deploy" / "browser-extension" / "selectors.js"
ASK = """
const [file, place] = process.argv.slice(1);
require("vm").runInThisContext(require("fs").readFileSync(file, "utf8"));
console.log(JSON.stringify(placeOf(JSON.parse(place))));
"""


@pytest.mark.parametrize(
    ("address", "project", "change"),
    [
        ("/octo/parser/pull/12/files", "octo/parser", "octo/parser#12"),
        ("/octo/parser/commit/4f1c9ae", "octo/parser", "octo/parser@4f1c9ae"),
        ("/octo/parser", "octo/parser", ""),
        ("/issues/assigned?issue=octo%7Cparser%7C12", "octo/parser", "octo/parser#12"),
        ("/users/anna/projects/3?pane=issue&issue=octo%7Cparser%7C12", "octo/parser", "octo/parser#12"),
        ("/orgs/octo/projects/1/views/2?issue=octo%7Cparser%7C7", "octo/parser", "octo/parser#7"),
        ("/issues/assigned", None, None),
        ("/users/anna/projects/3", None, None),
        ("/orgs/octo/projects/1?issue=octo", None, None),
        ("/", None, None),
    ],
)
def test_the_place_of_a_page(address: str, project: str | None, change: str | None) -> None:
    if shutil.which("node") is None:
        pytest.skip("Node.js is not here: `apt install nodejs` lets the extension's code be run by itself")
    split = urlsplit(address)
    place = {"hostname": "github.com", "pathname": split.path, "search": f"?{split.query}" if split.query else ""}
    said = subprocess.run(["node", "-e", ASK, SELECTORS, json.dumps(place)], capture_output=True, text=True, check=True)
    found = json.loads(said.stdout)
    if project is None:
        assert found is None
    else:
        assert (found["project"], found["change"]) == (project, change)
