"""``python -m benchmarks``: all figures, in their short versions; about ten minutes on two cores, on loopback only."""

from __future__ import annotations

import time

from benchmarks import footprint, gerrit, kills, webhooks


def main() -> None:
    began = time.perf_counter()
    for benchmark in (footprint, webhooks, kills, gerrit):
        benchmark.main(short=True)
        print()
    print(f"All of it took {(time.perf_counter() - began) / 60:.1f} minutes.")


if __name__ == "__main__":
    main()
