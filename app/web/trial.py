"""The trial of a project in shadow, for its settings page: since when, and after two weeks what to go on with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.tuning import trial
from app.tuning.beliefs import FEWEST_COMMENTS
from app.tuning.outlook import Said
from app.tuning.replay import History
from app.tuning.trial import Proposal
from app.web.roles import Office
from app.web.state import State


@dataclass(frozen=True, eq=False)
class Trial:
    """``proposal`` once two weeks are over and enough is known; until then the page says what is missing."""

    since: datetime
    until: datetime
    over: bool
    comments: int
    fewest: int
    k: int
    proposal: Proposal | None


def of(state: State, office: Office) -> Trial | None:
    """``None`` where the project is not in shadow mode."""
    since, now, settings = office.project.shadow_since, state.now(), office.rules.settings
    if since is None:
        return None
    whole = state.replays.history(office.project.id, "own", settings.k, now)
    history = trial.of_the_trial(whole, since)
    over = trial.is_over(since, now)
    enough = over and history.comments >= FEWEST_COMMENTS
    proposal = _proposal(state, office, whole, history) if enough else None
    return Trial(since, since + trial.TRIAL, over, history.comments, FEWEST_COMMENTS, settings.k, proposal)


def _proposal(state: State, office: Office, whole: History, history: History) -> Proposal | None:
    settings = office.rules.settings
    thresholds = state.judge.thresholds({label: norm.tolerance for label, norm in settings.norms.items()})
    sent = Said.of(whole, settings, thresholds).sent
    # Believed about all that is known of the project, and asked about the trial.
    beliefs = state.replays.beliefs(office.project.id, whole, sent, thresholds, state.now())
    return trial.propose(history, settings, state.judge.thresholds, beliefs) if beliefs is not None else None
