"""The two offices: an administrator of the service, a maintainer of a project. Neither has a page about a person.

Whoever may not open a page is answered as if it were not there, so that nothing is told about what is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException

from app.in_force import Rules
from app.store import projects
from app.store.people import Profile
from app.store.projects import ADMINISTRATOR, MAINTAINER, Project
from app.web.session import Me
from app.web.state import Shared, State
from app.web.templating import RowId


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody signed in, acting for a project in a role. Only the role is ever written down."""

    profile: Profile
    role: str
    rules: Rules

    @property
    def project(self) -> Project:
        assert self.rules.project is not None, "an office is over a project"
        return self.rules.project

    @property
    def is_admin(self) -> bool:
        return self.role == ADMINISTRATOR


def role_in(state: State, profile: Profile, project: Project) -> str | None:
    """The role somebody has in a project; an administrator has theirs in all of them."""
    if profile.is_admin:
        return ADMINISTRATOR
    with state.store.read() as c:
        return MAINTAINER if projects.maintains(c, profile.person.id, project) else None


def project_here(number: RowId, state: Shared) -> Rules:
    """The project of the address, for pages that more than its maintainers may open: as it is now, in every replica."""
    state.in_force.look_again()
    rules = state.in_force.of(number)
    if rules is None:
        raise HTTPException(404)
    return rules


def maintainer(state: Shared, me: Me, rules: Annotated[Rules, Depends(project_here)]) -> Office:
    assert rules.project is not None, "found by its number"
    role = role_in(state, me, rules.project)
    if role is None:
        raise HTTPException(404)
    return Office(me, role, rules)


def administrator(me: Me) -> Profile:
    if not me.is_admin:
        raise HTTPException(404)
    return me


#: ``def page(office: Maintainer)`` on ``/projects/{number:int}/…``: a maintainer of that project, or an administrator.
Maintainer = Annotated[Office, Depends(maintainer)]
#: ``def page(me: Admin)``: an administrator.
Admin = Annotated[Profile, Depends(administrator)]
#: The project of the address, whoever asks.
ProjectHere = Annotated[Rules, Depends(project_here)]
