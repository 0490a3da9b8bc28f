"""What a project sets: whether it speaks, about what, how readily, and what of its figures is shown. Pure.

A version of these settings is whole: it names every norm, so that a later default changes no project. The same settings
as TOML, as JSON (how versions are stored), and as sentences that say what differs between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, cast

from app.norms import MOST_TOLERANCE, Norms
from app.stats.periods import CADENCES, Cadence
from app.strict_toml import Table, TomlFile

__all__ = [
    "CADENCES",
    "Cadence",
    "Change",
    "Mode",
    "NormSetting",
    "ProjectSettings",
    "apply",
    "changes",
    "from_json",
    "from_toml",
    "start",
]

LEAST_K: Final = 5
MOST_HOLD_OUT: Final = 0.5
LEAST_EPSILON: Final = 0.1
MOST_EPSILON: Final = 6.0


class Mode(StrEnum):
    """How a project, or one norm in it, works. In shadow everything runs and nothing is sent."""

    ON = "on"
    SHADOW = "shadow"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class NormSetting:
    """``tolerance`` is in false nudges per 1,000 harmless comments."""

    mode: Mode = Mode.ON
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """Everything a maintainer decides. ``norms`` holds every concern by label.

    ``hold_out`` is the share of changes (0 to .5) about which nothing is said, to compare; 0: no experiment. ``epsilon``
    is the privacy loss of one person in a year of statistics, ``k`` the fewest people a published number may rest on. Of
    projects that lie in one another, the outermost one's ε and cadence hold for all of them. ``language_model``: whether
    comments written here may be sent to one, for those of their writers who agreed to that.
    """

    mode: Mode = Mode.ON
    norms: Mapping[str, NormSetting] = field(default_factory=dict)
    hold_out: float = 0.0
    public_stats: bool = False
    epsilon: float = 3.0
    k: int = 10
    cadence: Cadence = "monthly"
    language_model: bool = False

    def shadowed(self) -> frozenset[str]:
        """The labels about which something would be said, and is not."""
        return frozenset(label for label, norm in self.norms.items() if norm.mode is Mode.SHADOW)


def start(norms: Norms, mode: Mode = Mode.SHADOW) -> ProjectSettings:
    """What a new project begins with: the norms as they are, and nothing sent until somebody says so."""
    return ProjectSettings(mode=mode, norms=_of_norms(norms))


def _of_norms(norms: Norms) -> Mapping[str, NormSetting]:
    found = {n.label: NormSetting(Mode.ON if n.on else Mode.OFF, n.tolerance) for n in norms.concerns.values()}
    return MappingProxyType(found)


def apply(norms: Norms, settings: ProjectSettings) -> Norms:
    """The norms with the project's tolerances, off where it has them off; a norm in shadow is on here.

    What the team took out of its norms stays off, whatever its settings say.
    """
    concerns = {
        label: replace(norm, tolerance=set_.tolerance, on=norm.on and set_.mode is not Mode.OFF)
        if (set_ := settings.norms.get(label))
        else norm
        for label, norm in norms.concerns.items()
    }
    return replace(norms, concerns=MappingProxyType(concerns))


# --- JSON: how versions are stored ---------------------------------------------------------------------------------------


def as_json(settings: ProjectSettings) -> dict[str, Any]:
    return {
        "mode": settings.mode.value,
        "hold_out": settings.hold_out,
        "public_stats": settings.public_stats,
        "epsilon": settings.epsilon,
        "k": settings.k,
        "cadence": settings.cadence,
        "language_model": settings.language_model,
        "norms": {label: {"mode": n.mode.value, "tolerance": n.tolerance} for label, n in settings.norms.items()},
    }


def from_json(data: Mapping[str, Any], norms: Norms) -> ProjectSettings:
    """A stored version. Norms that came into being later are as ``norms`` has them; those that went are left out."""
    base = start(norms)
    stored = {
        label: NormSetting(Mode(n["mode"]), float(n["tolerance"]))
        for label, n in data["norms"].items()
        if label in base.norms
    }
    return ProjectSettings(
        mode=Mode(data["mode"]),
        norms=MappingProxyType({**base.norms, **stored}),
        hold_out=float(data["hold_out"]),
        public_stats=bool(data["public_stats"]),
        epsilon=float(data["epsilon"]),
        k=int(data["k"]),
        cadence=data["cadence"],
        language_model=bool(data.get("language_model", False)),
    )


# --- TOML: how people keep them in Git -----------------------------------------------------------------------------------


def as_toml(settings: ProjectSettings, norms: Norms) -> str:
    lines = [
        f'mode = "{settings.mode}"  # on, shadow (everything runs, nothing is sent) or off',
        f"hold_out = {settings.hold_out:g}  # share of changes, 0 to {MOST_HOLD_OUT:g}, about which nothing is said, to compare",
        f"language_model = {str(settings.language_model).lower()}  # may comments be sent to one, for writers who agree?",
        "",
        "[statistics]",
        f"public = {str(settings.public_stats).lower()}  # may people who are not maintainers look?",
        f"epsilon = {settings.epsilon:g}  # privacy loss of one person in a year, at most {MOST_EPSILON:g}",
        f"k = {settings.k}  # the fewest people a number may rest on, at least {LEAST_K}",
        f'cadence = "{settings.cadence}"  # of releases: weekly, monthly or quarterly',
        "",
        "# Tolerances are false nudges per 1,000 harmless comments.",
    ]
    for label, norm in settings.norms.items():
        title = norms.concerns[label].title.replace("\n", " ")
        lines += [
            "",
            f"[norms.{label}]  # {title}",
            f'mode = "{norm.mode}"',
            f"tolerance = {norm.tolerance:g}",
        ]
    return "\n".join(lines) + "\n"


def from_toml(file: TomlFile, base: ProjectSettings) -> ProjectSettings:
    """``base`` with what the file says. Raises ``ConfigurationError`` with file, line, key and what is allowed."""
    top = file.parse()
    top.only(("mode", "hold_out", "language_model", "statistics", "norms"))
    statistics, norms = top.table("statistics"), top.table("norms")
    statistics.only(("public", "epsilon", "k", "cadence"))
    norms.only(tuple(base.norms))
    return ProjectSettings(
        mode=Mode(_one_of(top, "mode", base.mode, tuple(Mode))),
        norms=MappingProxyType({label: _norm(norms.table(label), norm) for label, norm in base.norms.items()}),
        hold_out=top.number("hold_out", base.hold_out, 0, MOST_HOLD_OUT),
        public_stats=statistics.flag("public", base.public_stats),
        epsilon=statistics.number("epsilon", base.epsilon, LEAST_EPSILON, MOST_EPSILON),
        k=_whole(statistics, "k", base.k),
        cadence=cast(Cadence, _one_of(statistics, "cadence", base.cadence, CADENCES)),
        language_model=top.flag("language_model", base.language_model),
    )


def _norm(table: Table, base: NormSetting) -> NormSetting:
    table.only(("mode", "tolerance"))
    return NormSetting(
        Mode(_one_of(table, "mode", base.mode, tuple(Mode))),
        table.number("tolerance", base.tolerance, 0, MOST_TOLERANCE),
    )


def _one_of(table: Table, key: str, default: str, allowed: tuple[str, ...]) -> str:
    value = table.text(key, default)
    if value not in allowed:
        raise table.refuse(key, f"must be one of {', '.join(allowed)}.")
    return value


def _whole(table: Table, key: str, default: int) -> int:
    value = table.number(key, default, LEAST_K, 10_000)
    if value != int(value):
        raise table.refuse(key, "must be a whole number.")
    return int(value)


# --- what differs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs, in words: "Stay on the same side, tolerance: 0.3 → 0.5"."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


def changes(before: ProjectSettings, after: ProjectSettings, norms: Norms) -> tuple[Change, ...]:
    """Every setting that differs, the project's own first, then norm by norm."""
    return tuple(c for c in _pairs(before, after, norms) if c.before != c.after)


def _pairs(a: ProjectSettings, b: ProjectSettings, norms: Norms) -> Iterator[Change]:
    yield Change("Tactful here", a.mode, b.mode)
    yield Change("Share held out", f"{a.hold_out * 100:g}%", f"{b.hold_out * 100:g}%")
    yield Change("A language model may be asked", _yes(a.language_model), _yes(b.language_model))
    yield Change("Statistics are public", _yes(a.public_stats), _yes(b.public_stats))
    yield Change("Privacy loss of a year (ε)", f"{a.epsilon:g}", f"{b.epsilon:g}")
    yield Change("Fewest people behind a number", str(a.k), str(b.k))
    yield Change("Releases", a.cadence, b.cadence)
    for label, after in b.norms.items():
        title = norms.concerns[label].title
        before = a.norms.get(label, NormSetting())
        yield Change(title, before.mode, after.mode)
        yield Change(f"{title}, tolerance", f"{before.tolerance:g}", f"{after.tolerance:g}")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
