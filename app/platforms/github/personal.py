"""Asking GitHub with a person's own token, for themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from app.domain import Account
from app.github_app import GitHubApp
from app.platforms.github.client import Client, GitHubRefused, GraphQLError
from app.platforms.github.graph_answers import M, read
from app.platforms.github.transport import Transport
from app.platforms.keys import Keyring

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Personal:
    """``app`` finds the App of a server."""

    app: Callable[[str], GitHubApp | None]
    keyring: Keyring
    transport: Transport

    async def ask(
        self, account: Account, shape: type[M], document: str, variables: Mapping[str, object]
    ) -> tuple[M, Mapping[str, object], tuple[GraphQLError, ...]] | None:
        """The answer as ``shape`` and as it came, with the errors of single nodes; ``None`` where no token may be used.

        Raises ``NotNow``.
        """
        app = await asyncio.to_thread(self.app, account.server)
        key = await self.keyring.find(account) if app is not None else None
        if app is None or key is None:
            return None
        try:
            answer = await Client(app, key.token, self.transport).graphql(document, variables)
        except GitHubRefused as refused:
            if refused.status != 401:
                raise
            await self.keyring.refused(account, key)
            return None
        found = read(shape, answer.data)
        viewer = getattr(found, "viewer", None)
        if viewer is not None and viewer.id != account.id:
            log.warning("a token is not of the account it is kept for, and was forgotten")
            await self.keyring.refused(account, key)
            return None
        return found, answer.data, answer.errors
