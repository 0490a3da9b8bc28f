"""The Probot app of probot.js, set up and started: what Tactful is measured beside."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.programs import SECRET, Program, clean_environ, free_port

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
WEBHOOKS = "/api/github/webhooks"


def probot(folder: Path, ledger: Path | None = None, work_ms: int = 0) -> Program | None:
    """The app, or ``None`` (with a word on why) where Node.js is not here. Its packages are installed once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("Node.js is not here, so there is no Probot app to measure beside.")
        return None
    if not MODULES.exists():
        subprocess.run(["npm", "ci", "--prefix", str(HERE), "--silent", "--no-audit", "--no-fund"], check=True)
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environ = clean_environ(
        NODE_ENV="production", PORT=str(port), WEBHOOK_SECRET=SECRET, PRIVATE_KEY=_key(), WORK_MS=str(work_ms)
    )
    if ledger is not None:
        environ["LEDGER"] = str(ledger)
    return Program(["node", str(HERE / "probot.js")], environ, folder, port, "/ping")


def _key() -> str:
    """A GitHub App has a key; nothing here ever signs with this one."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
