"""How much room it takes: ``python -m benchmarks.footprint [--short]``.

From a clean install of ``requirements.lock`` and the project, without extras: its size, the time from the command to
``/readyz``, resident memory at rest and the time to import it. Beside it, the Probot app of ``benchmarks.webhooks``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import peers
from benchmarks.programs import MB, ROOT, Program, clean_environ, conditions, tactful


def installed(folder: Path) -> Path:
    """A virtual environment with the locked dependencies and the project; its Python."""
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", str(ROOT)], check=True)
    return python


def size_mb(folder: Path, pattern: str = "*") -> float:
    """Room on disk, in MB (10^6 bytes), files with two names counted once."""
    blocks = {(s.st_dev, s.st_ino): s.st_blocks for s in (f.lstat() for f in folder.rglob(pattern))}
    return sum(blocks.values()) * 512 / MB


def import_s(python: Path, folder: Path, times: int) -> float:
    """Median seconds to import the whole service, less those of starting Python."""

    def took(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([python, "-c", code], check=True, cwd=folder, env=_elsewhere())
        return time.perf_counter() - began

    took("import app.main")
    return statistics.median(took("import app.main") - took("pass") for _ in range(times))


def _elsewhere() -> dict[str, str]:
    """Without the checkout on the path: what is measured is what was installed."""
    return {name: value for name, value in clean_environ().items() if name != "PYTHONPATH"}


def started(make: Program, times: int) -> tuple[float, float]:
    """Median seconds from the command until it is ready; resident MB, two seconds later."""
    seconds = []
    for n in range(times):
        seconds.append(make.start())
        if n == times - 1:
            time.sleep(2)
            resident = make.resident_mb()
        make.kill()
    return statistics.median(seconds), resident


def main(*, short: bool = False) -> None:
    times = 3 if short else 5
    print(f"Footprint, medians of {times} ({conditions()})")
    with tempfile.TemporaryDirectory(prefix="tactful-bench-") as temporary:
        folder = Path(temporary)
        python = installed(folder)
        [packages] = (folder / "environment" / "lib").glob("python*/site-packages")
        service = tactful(folder / "tactful", python=str(python))
        service.environ = _elsewhere() | {k: v for k, v in service.environ.items() if k.startswith("TACTFUL_")}
        ours = (*started(service, times), size_mb(packages))
        print(f"Tactful  ready after {ours[0]:.2f} s   {ours[1]:.0f} MB resident at rest   {ours[2]:.0f} MB installed")
        print(f"         of the start, importing takes {import_s(python, folder, times):.2f} s; ", end="")
        print(f"of the install, {size_mb(packages, '*.pyc'):.0f} MB are bytecode that pip writes")
        app = peers.probot(folder / "probot")
        if app is None:
            return
        theirs = (*started(app, times), size_mb(peers.MODULES))
    print(
        f"Probot   ready after {theirs[0]:.2f} s   {theirs[1]:.0f} MB resident at rest   {theirs[2]:.0f} MB installed"
    )
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    print(f"Tactful against Probot: start ×{ratios[0]:.1f}   memory ×{ratios[1]:.1f}   installed ×{ratios[2]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="medians of 3")
    main(short=parser.parse_args().short)
