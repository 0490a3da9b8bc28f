"""The application: routers, the lifespan, and one handler for every kind of refusal."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import __version__, wiring
from app.domain import NotNow, TactfulError
from app.judge import Judge
from app.settings import Settings
from app.web import (
    check,
    gerrit_hook,
    gerrit_pairing,
    gerrit_plugin,
    github_setup,
    github_signin,
    health,
    hooks,
    me,
    pages,
    projects,
    signin,
    waiting,
)
from app.web.body import BodyLimit
from app.web.cors import ConnectedOrigins
from app.web.headers import HEADERS, SafeHeaders
from app.web.limits import TooMuch
from app.web.session import CrossSite, SignInFirst

log = structlog.get_logger()


def create_app(
    settings: Settings, *, judge: Judge | None = None, now: Callable[[], datetime] = wiring.utc_now
) -> FastAPI:
    """The service for ``settings``. Another ``judge`` or clock may be handed in; the weights are then not loaded."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with wiring.build(settings, judge=judge, now=now) as state:
            app.state.tactful = state
            yield

    app = FastAPI(
        title="Tactful",
        version=__version__,
        summary="A private word to the writer of a review comment, before anyone else reads it.",
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )
    doors = (hooks, gerrit_hook, check, waiting, gerrit_pairing, gerrit_plugin, health)
    for module in (*doors, pages, signin, github_signin, me, projects, github_setup):
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "web" / "static"), name="static")
    app.add_middleware(
        ConnectedOrigins,
        configured=settings.cors_origins,
        connected=lambda: [server.url for server in app.state.tactful.gerrit_servers.every().values()],
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeHeaders, https=settings.address.startswith("https://"))
    _handle_errors(app)
    return app


def _handle_errors(app: FastAPI) -> None:
    """Errors are sentences; here they become JSON for programs and a page for people."""

    def answer(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
        if request.url.path.startswith(("/v1/", "/webhooks/", "/healthz", "/readyz")):
            return JSONResponse({"message": sentence}, status, headers=headers)
        return pages.render_error(request, status, sentence, headers)

    @app.exception_handler(SignInFirst)
    async def sign_in_first(request: Request, error: SignInFirst) -> Response:
        return RedirectResponse(f"/sign-in?to={error.path}", 303)

    @app.exception_handler(CrossSite)
    async def cross_site(request: Request, error: CrossSite) -> Response:
        return answer(request, 403, str(error))

    @app.exception_handler(check.Refused)
    async def refused(request: Request, error: check.Refused) -> Response:
        return answer(request, error.status, str(error), error.headers)

    @app.exception_handler(TooMuch)
    async def too_much(request: Request, error: TooMuch) -> Response:
        wait = max(1, round(error.retry_after_s))
        return answer(
            request, 429, f"That was a lot at once: {error.what}. Try again in {wait} s.", {"Retry-After": str(wait)}
        )

    @app.exception_handler(NotNow)
    async def not_now(request: Request, error: NotNow) -> Response:
        return answer(request, 503, str(error), {"Retry-After": str(round(error.retry_after_s or 60))})

    @app.exception_handler(TactfulError)
    async def sentence(request: Request, error: TactfulError) -> Response:
        return answer(request, 400, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # Pydantic would quote the input, which may be somebody's comment: only where and what, never the value.
        problems = [f"{'.'.join(map(str, e['loc'][1:])) or 'the body'}: {e['msg']}" for e in error.errors()[:5]]
        return answer(request, 422, "This could not be read. " + "; ".join(problems) + ".")

    @app.exception_handler(RecursionError)
    async def too_deep(request: Request, error: RecursionError) -> Response:
        return answer(request, 400, "This is nested too deeply to be read.")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        words = {
            400: "This could not be read as what it says it is.",
            404: "There is nothing at this address.",
            405: "This address does not take that kind of request.",
        }
        return answer(
            request, error.status_code, words.get(error.status_code, str(error.detail)), dict(error.headers or {})
        )

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        # The route, not the address, which may hold a one-time link; the kind, not the message, which may quote somebody.
        route = getattr(request.scope.get("route"), "path", "?")
        frame = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "unexpected", route=route, error=type(error).__name__, at=f"{Path(frame.filename).name}:{frame.lineno}"
        )
        sentence = "Something went wrong here, and it is not your doing. What was stored before is safe."
        return answer(request, 500, sentence, dict(HEADERS))  # answered outside the middleware that adds them
