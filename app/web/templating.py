"""How pages are rendered: Jinja2 with everything escaped, what every page knows, and the fragment that scripts ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.store.people import Profile
from app.web import words
from app.web.session import visitor as signed_in_visitor
from app.web.state import State

FRAGMENT = "text/vnd.tactful.fragment+html"

_TEMPLATES = Environment(
    loader=PackageLoader("app.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["words"] = words
# A link leads to the web and nowhere else, whatever a platform sent.
_TEMPLATES.tests["web_link"] = lambda url: str(url).startswith(("https://", "http://"))


def render(
    request: Request,
    template: str,
    visitor: Profile | None,
    values: Mapping[str, object] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page, or the fragment, of ``template`` with ``values`` for ``visitor``."""
    known = {"visitor": visitor, "path": request.url.path, "projects_here": _projects_here(request), **(values or {})}
    html = _TEMPLATES.get_template(template).render(known)
    # Platforms send halves of surrogate pairs, which no page can carry.
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers=dict(headers or {}))


def _projects_here(request: Request) -> bool:
    """Whether there is anything behind the link to the projects."""
    state: State | None = getattr(request.app.state, "tactful", None)
    try:
        return state is not None and bool(state.in_force.every())
    except sa.exc.SQLAlchemyError:
        return False


def page_of(template: str, values: Mapping[str, object]) -> str:
    """A page that stands alone, as a file: nothing of the visit is in it."""
    return _TEMPLATES.get_template(template).render(values)


def wants_fragment(request: Request) -> bool:
    return FRAGMENT in request.headers.get("accept", "") or request.query_params.get("fragment") == "1"


def render_error(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """What happened, what was kept and what to do, as a page; for scripts as a fragment."""
    said = {"sentence": sentence, "status_code": status}
    if wants_fragment(request):
        return render(request, "_problem.html", None, said, status=status, headers=headers)
    return render(request, "error.html", _visitor(request), said, status=status, headers=headers)


def _visitor(request: Request) -> Profile | None:
    """Whoever is signed in; nobody where even that cannot be looked up."""
    state: State | None = getattr(request.app.state, "tactful", None)
    if state is None:
        return None
    try:
        return signed_in_visitor(request, state)
    except sa.exc.SQLAlchemyError:
        return None


def known_size(number: int) -> int:
    """Beyond what a database can count, there is nothing."""
    if number >= 2**63:
        raise HTTPException(404)
    return number


#: The number of a row in an address: ``/inbox/{number:int}``.
RowId = Annotated[int, Depends(known_size)]


def saved(section: str, left: Sequence[str] = ()) -> Response:
    """Back to where the choice was made, which says that it was saved.

    ``left`` are the servers where a token could not be deleted: the page says so, of the first one.
    """
    at = f"&left={quote(left[0])}" if left else ""
    return RedirectResponse(f"/me?changed={section}{at}#{section}", 303)
