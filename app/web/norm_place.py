"""Where norms live: ``/norms`` for the whole service, open to everybody; ``/projects/<id>/norms`` for people signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request

from app.in_force import Rules
from app.store.people import Profile
from app.store.projects import ADMINISTRATOR
from app.team_norms import Team
from app.web.roles import role_in
from app.web.session import SignInFirst, Visitor
from app.web.state import Shared
from app.web.templating import known_size

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Here:
    """A place and who looks at it; ``role`` is that in which they may change its norms, if any."""

    team: Team
    rules: Rules
    base: str  # of its addresses
    visitor: Profile | None
    role: str | None

    @property
    def person(self) -> Profile:
        if self.visitor is None:
            raise SignInFirst(self.base)
        return self.visitor

    @property
    def office(self) -> str:
        """The role, for what only maintainers may do; for others there is nothing at that address."""
        if self.person and self.role is None:
            raise HTTPException(404)
        assert self.role is not None
        return self.role


def here(request: Request, state: Shared, visitor: Visitor) -> Here:
    number = request.path_params.get("number")
    if number is None:
        rules = state.in_force.service()
        role = ADMINISTRATOR if visitor is not None and visitor.is_admin else None
        return Here(Team.of(rules), rules, "/norms", visitor, role)
    base = f"/projects/{number}/norms"
    if visitor is None:
        raise SignInFirst(base)
    found = state.in_force.of(known_size(number))
    if found is None or found.project is None:
        raise HTTPException(404)
    return Here(Team.of(found), found, base, visitor, role_in(state, visitor, found.project))


#: The place of the address: ``def page(here: Place)``.
Place = Annotated[Here, Depends(here)]


def at_both(router: APIRouter, method: str, path: str, **more: Any) -> Callable[[F], F]:
    """Register a page for the service's norms and for every project's."""

    def register(function: F) -> F:
        for base in ("/norms", "/projects/{number:int}/norms"):
            router.add_api_route(base + path, function, methods=[method], **more)
        return function

    return register
