"""Whether a language model may be asked for somebody's comment: wanted by an administrator, by its writer, and where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain import Person
from app.in_force import Rules
from app.suggestions import Rewording
from app.suggestions.language_model import LanguageModel

__all__ = ["Asked", "allowed", "wanted"]


class Asked(Protocol):
    """A language model that an administrator switched on."""

    @property
    def host(self) -> str:
        """Where words go, as people are told before they agree."""

    def ask(self, messages: Sequence[Mapping[str, str]]) -> str | None: ...


def allowed(rules: Rules) -> bool:
    """Whether words written under these rules may leave. Outside every project nobody said so, and a forge does not say of
    each repository how private it is: so nothing leaves without the project's word."""
    return rules.project is not None and rules.settings.language_model


def wanted(rewording: Rewording, model: Asked | None, person: Person, *, allowed: bool) -> Rewording:
    """``rewording``, with the model as its last source where this person agreed to this very place."""
    if model is None or not allowed or person.language_model_host != model.host:
        return rewording
    return rewording.at_last(LanguageModel(model.ask))
