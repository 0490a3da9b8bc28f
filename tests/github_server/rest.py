"""The REST API, as far as it is asked here: https://docs.github.com/rest/apps. Paths without the ``/api/v3`` before them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.github_server import shapes
from tests.github_server.hooks import Hooks
from tests.github_server.world import Registered, UserToken, World

Endpoint = Callable[[Request], Awaitable[Response]]
INSTALLATION_LIFE = timedelta(hours=1)
LONGEST_JWT_S = 600
REACH = timedelta(days=3)


class Denied(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Rest:
    def __init__(self, world: World, hooks: Hooks, url: Callable[[], str]) -> None:
        self.world, self.hooks, self.url = world, hooks, url

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[[Request], Any]]] = [
            ("GET", "/app", self._app),
            ("GET", "/app/hook/config", self._hook),
            ("GET", "/app/hook/deliveries", self._deliveries),
            ("POST", "/app/hook/deliveries/{id:int}/attempts", self._again),
            ("GET", "/app/installations", self._installations),
            ("POST", "/app/installations/{id:int}/access_tokens", self._installation_token),
            ("POST", "/app-manifests/{code}/conversions", self._conversion),
            ("GET", "/installation/repositories", self._repositories),
            ("GET", "/user", self._user),
            ("GET", "/user/installations", self._my_installations),
            ("POST", "/applications/{client_id}/token", self._check),
            ("DELETE", "/applications/{client_id}/token", self._end),
        ]
        return [Route(f"/api/v3{path}", _endpoint(handler), methods=[method]) for method, path, handler in table]

    # --- as the App: a JWT of at most ten minutes, signed with RS256 by its key -----------------------------------------

    def _jwt_app(self, request: Request) -> Registered:
        token = _bearer(request)
        try:
            unverified = jwt.decode(token, options={"verify_signature": False})
            app = self.world.apps[int(unverified["iss"])]
            key = app.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            claims = jwt.decode(token, key.decode(), algorithms=["RS256"], options={"require": ["exp", "iat", "iss"]})
        except (jwt.PyJWTError, KeyError, ValueError):
            raise Denied(401, "A JSON web token could not be decoded") from None
        if claims["exp"] - claims["iat"] > LONGEST_JWT_S + 60:
            raise Denied(401, "'Expiration time' claim ('exp') is too far in the future")
        return app

    def _app(self, request: Request) -> Any:
        return shapes.app(self._jwt_app(request), self.url())

    def _hook(self, request: Request) -> Any:
        app = self._jwt_app(request)
        return {"url": app.hook_url, "content_type": "json", "secret": "********", "insecure_ssl": "0"}

    def _deliveries(self, request: Request) -> Any:
        """Newest first, three days back."""
        app, size = self._jwt_app(request), int(request.query_params.get("per_page", "30"))
        since = self.world.clock.now() - REACH
        found = [one for one in reversed(self.hooks.log) if one.app is app and one.delivered_at >= since]
        if cursor := request.query_params.get("cursor"):
            found = [one for one in found if one.id < int(cursor.removeprefix("v1_"))]
        shown, headers = found[:size], {}
        if len(found) > size:
            following = f"{self.url()}/api/v3/app/hook/deliveries?per_page={size}&cursor=v1_{shown[-1].id}"
            headers["link"] = f'<{following}>; rel="next"'
        return JSONResponse([shapes.attempt(one) for one in shown], headers=headers)

    def _again(self, request: Request) -> Any:
        app, id = self._jwt_app(request), request.path_params["id"]
        found = next((one for one in self.hooks.log if one.app is app and one.id == id), None)
        if found is None:
            raise Denied(404, "Not Found")
        return JSONResponse({}, 202, background=BackgroundTask(self.hooks.again, found))

    def _installations(self, request: Request) -> Any:
        app = self._jwt_app(request)
        return [shapes.installation(one, app) for one in app.installations.values()]

    def _installation_token(self, request: Request) -> Any:
        app = self._jwt_app(request)
        found = app.installations.get(request.path_params["id"])
        if found is None:
            raise Denied(404, "Not Found")
        if found.suspended_at is not None:
            raise Denied(403, "This installation has been suspended")
        token, ends_at = f"ghs_{secrets.token_hex(18)}", self.world.clock.now() + INSTALLATION_LIFE
        self.world.installation_tokens[token] = (app, found, ends_at)
        made = shapes.example("installation-token")
        made |= {"token": token, "expires_at": shapes.moment(ends_at), "permissions": app.permissions}
        return JSONResponse(made, 201)

    def _repositories(self, request: Request) -> Any:
        known = self.world.installation_tokens.get(_bearer(request))
        if known is None or known[2] <= self.world.clock.now():
            raise Denied(401, "Bad credentials")
        return shapes.example("repository-paginated-2")

    def _conversion(self, request: Request) -> Any:
        """Once; whoever knows the code needs nothing else."""
        app = self.world.registering.pop(request.path_params["code"], None)
        if app is None:
            raise Denied(404, "Not Found")
        self.world.apps[app.id] = app
        return JSONResponse(shapes.registered(app, self.url()), 201)

    # --- as a person ----------------------------------------------------------------------------------------------------

    def person(self, request: Request) -> UserToken:
        found = self.world.token(_bearer(request))
        if found is None:
            raise Denied(401, "Bad credentials")
        return found

    def _user(self, request: Request) -> Any:
        return shapes.signed_in(self.person(request).user)

    def _my_installations(self, request: Request) -> Any:
        me = self.person(request)
        mine = [one for one in me.app.installations.values() if me.user.id in one.members or one.account is me.user]
        shown = [shapes.installation(one, me.app) for one in mine[: int(request.query_params.get("per_page", "30"))]]
        return {"total_count": len(mine), "installations": shown}

    # --- by the client's secret -----------------------------------------------------------------------------------------

    def _client(self, request: Request) -> Registered:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        id, _, secret = base64.b64decode(given).decode().partition(":")
        for app in self.world.apps.values():
            if (app.client_id, app.client_secret) == (id, secret) and id == request.path_params["client_id"]:
                return app
        raise Denied(401, "Bad credentials")

    async def _check(self, request: Request) -> Any:
        token = await self._token_of(request)
        plain = shapes.example("authorization-with-user")
        return plain | {
            "user": shapes.user(token.user),
            "token": token.token,
            "expires_at": shapes.moment(token.ends_at),
        }

    async def _end(self, request: Request) -> Any:
        """With the token goes what refreshes it."""
        self.world.tokens.remove(await self._token_of(request))
        return Response(status_code=204)

    async def _token_of(self, request: Request) -> UserToken:
        app = self._client(request)
        found = self.world.token(str((await request.json()).get("access_token")))
        if found is None or found.app is not app:
            raise Denied(404, "Not Found")
        return found


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").removeprefix("token ")


def _endpoint(handler: Callable[[Request], Any]) -> Endpoint:
    async def run(request: Request) -> Response:
        try:
            found = handler(request)
            found = await found if hasattr(found, "__await__") else found
        except Denied as error:
            return JSONResponse({"message": str(error)}, error.status)
        return found if isinstance(found, Response) else JSONResponse(found)

    return run
