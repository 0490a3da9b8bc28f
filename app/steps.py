"""What runs inside a durable step: its errors hold nobody's words, and it does not wait for a forge that is away."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
import structlog

from app.domain import Away, NotNow, TactfulError
from app.pipeline import Pipeline

T = TypeVar("T")
log = structlog.get_logger()

AGAIN_AFTER_S: Final = (2, 10, 30, 120, 300)  # when the forge is away; in between, no worker waits
AGAIN_EVERY_S: Final = 900
MOST_TIMES: Final = 100  # for a day


class StepFailed(TactfulError):
    """What is written down of an unexpected error: its kind and its step, since its message could quote somebody."""


def wordless(name: str, function: Callable[..., T]) -> Callable[..., T]:
    def run(*args: Any) -> T:
        try:
            return function(*args)
        except TactfulError:
            raise
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
            raise NotNow("The database did not answer.") from None
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "step failed", step=name, error=type(error).__name__, at=f"{Path(frame.filename).name}:{frame.lineno}"
            )
            raise StepFailed(f"{type(error).__name__} in {name}") from None

    return run


def walk_or_wait(
    pipeline: Pipeline, sealed: str, attempt: int, between: Callable[[], None]
) -> list[tuple[int, str]] | float:
    """What is to be sent; or the seconds after which it is worth walking again, because the forge is away."""
    try:
        return pipeline.walk(sealed, between)
    except Away as error:
        if attempt >= MOST_TIMES:
            raise StepFailed("The forge was away for a day.") from None
        wait_s = AGAIN_AFTER_S[attempt] if attempt < len(AGAIN_AFTER_S) else AGAIN_EVERY_S
        return float(max(wait_s, error.retry_after_s or 0))
