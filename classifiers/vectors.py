"""A comment's concern scores in sixteen bytes, and many of them as one array: what is kept where no text may be.

A verdict's probabilities have four digits, so ten-thousandths in two bytes each hold them without loss, and a replay
decides exactly as the walk did.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.labels import CONCERNS

Vectors = NDArray[np.uint16]
"""Shape (comments, concerns), ten-thousandths, concerns in label order."""

WHOLE: Final = 10_000
_FORM: Final = struct.Struct(f"<{len(CONCERNS)}H")
BYTES: Final = _FORM.size


def pack(concerns: Mapping[str, float]) -> bytes:
    """The scores of one verdict. Raises ``KeyError`` where a concern is missing: what was not judged is not kept."""
    return _FORM.pack(*(round(min(max(concerns[label], 0.0), 1.0) * WHOLE) for label in CONCERNS))


def unpack(rows: Iterable[bytes]) -> Vectors:
    """Many packed verdicts as an array. Raises ``ValueError`` for bytes of another size."""
    joined = b"".join(rows)
    return np.frombuffer(joined, dtype="<u2").reshape(-1, len(CONCERNS)).astype(np.uint16, copy=False)


def ten_thousandths(p: NDArray[np.float64]) -> Vectors:
    """Probabilities (comments, concerns) as vectors."""
    return np.asarray(np.rint(np.clip(p, 0.0, 1.0) * WHOLE), dtype=np.uint16)
