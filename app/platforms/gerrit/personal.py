"""What is asked of Gerrit with a person's own token: who they are, their own tokens, their drafts; and nothing else.

Gerrit has no narrower token, so the narrowness is here. Nothing that publishes is on the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.platforms.gerrit.client import Client

_ID = r"(?!\.|%2[Ee])[A-Za-z0-9_.~%-]{1,300}"  # one segment of a path, and none that leads upwards
ALLOWED: Final = tuple(
    (method, re.compile(path, re.ASCII))
    for method, path in (
        ("GET", "config/server/info"),
        ("GET", "accounts/self/detail"),
        ("GET", "accounts/self/capabilities"),
        ("GET", "accounts/self/tokens"),
        ("PUT|DELETE", rf"accounts/self/tokens/{_ID}"),
        ("GET", rf"changes/{_ID}/drafts"),
        ("GET|PUT", rf"changes/{_ID}/revisions/{_ID}/drafts/{_ID}"),
    )
)


class PersonalClient(Client):
    """A client that can only call drafts and its own tokens, whatever the token would allow."""

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str | list[str]] | None = None,
    ) -> Any:
        if not any(method in methods.split("|") and known.fullmatch(path) for methods, known in ALLOWED):
            raise ValueError(f"{method} is not among what a person's token is used for")  # ours to repair
        return await super().ask(method, path, body, parameters)
