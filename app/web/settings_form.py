"""A project's settings as a form sends them. What a form does not name stays as it is, so a part can be sent alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, cast

from fastapi import Depends, Request

from app.domain import TactfulError
from app.norms import MOST_TOLERANCE, Norms
from app.project_settings import (
    LEAST_EPSILON,
    LEAST_K,
    MOST_EPSILON,
    MOST_HOLD_OUT,
    Mode,
    NormSetting,
    ProjectSettings,
)
from app.stats.periods import CADENCES, Cadence


async def fields(request: Request) -> dict[str, str]:
    """The texts of a form whose names are not known beforehand."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(fields)]


def settings_from(form: Mapping[str, str], base: ProjectSettings, norms: Norms) -> ProjectSettings:
    """``base`` with what the form says: ``mode``, ``hold_out`` (percent), ``language_model``, ``public_stats``, ``epsilon``,
    ``k``, ``cadence``,
    and for each concern ``mode_LABEL`` and ``tolerance_LABEL``. Raises ``TactfulError`` naming the field.
    """
    concerns = {
        label: NormSetting(
            _mode(form, f"mode_{label}", norm.mode),
            _number(
                form,
                f"tolerance_{label}",
                norm.tolerance,
                0,
                MOST_TOLERANCE,
                f"The tolerance of “{norms[label].title}”",
            ),
        )
        for label, norm in base.norms.items()
    }
    percent = _number(form, "hold_out", base.hold_out * 100, 0, MOST_HOLD_OUT * 100, "The share held out, in percent,")
    k = _number(form, "k", base.k, LEAST_K, 10_000, "The fewest people behind a number")
    if k != int(k):
        raise TactfulError("The fewest people behind a number must be a whole number. Nothing was changed.")
    return replace(
        base,
        mode=_mode(form, "mode", base.mode),
        norms=MappingProxyType(concerns),
        hold_out=round(percent / 100, 6),
        public_stats=_yes_or_no(form, "public_stats", base.public_stats),
        epsilon=_number(form, "epsilon", base.epsilon, LEAST_EPSILON, MOST_EPSILON, "The privacy loss of a year (ε)"),
        k=int(k),
        cadence=cast(Cadence, _one_of(form, "cadence", base.cadence, CADENCES)),
        language_model=_yes_or_no(form, "language_model", base.language_model),
    )


def _mode(form: Mapping[str, str], name: str, default: Mode) -> Mode:
    return Mode(_one_of(form, name, default, tuple(Mode)))


def _one_of(form: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = form.get(name, default)
    if value not in allowed:
        raise TactfulError(f"A choice was sent that is not offered here ({name}). Nothing was changed.")
    return value


def _yes_or_no(form: Mapping[str, str], name: str, default: bool) -> bool:
    return _one_of(form, name, "yes" if default else "no", ("yes", "no")) == "yes"


def _number(form: Mapping[str, str], name: str, default: float, low: float, high: float, what: str) -> float:
    given = form.get(name)
    if given is None:
        return float(default)
    try:
        value = float(given.strip().replace(",", "."))  # as half of the world writes it
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise TactfulError(f"{what} must be a number from {low:g} to {high:g}. Nothing was changed.")
    return value
