"""A test event to our own public address: does what Gerrit posts arrive? Asks nobody but ourselves."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Final

from app.crypto import new_token
from app.http import AsyncClient, HTTPError, trusted
from app.platforms.gerrit.remarks import Remark

TEST_EVENT: Final = "tactful-test"  # a type that Gerrit does not have: counted and answered 204
PAUSE_S: Final = 0.5
PATIENCE_S: Final = 12.0  # a running service looks servers up every few seconds


async def knock(address: str, secret: str, now: datetime, *, patience_s: float = PATIENCE_S) -> Remark:
    """Posts as Gerrit would, once to the secret address and once to one that cannot be open."""
    start = "Start it (`tactful serve`) or repair what is in front of it, then `tactful gerrit doctor` with --user."
    body = json.dumps({"type": TEST_EVENT, "eventCreatedOn": int(now.timestamp())})
    wrong = await _post(address, new_token(), body)
    if wrong is None:
        return Remark(False, f"Nothing answers at {address}. {start}")
    if wrong != 404:
        return Remark(False, f"What answers at {address} is not Tactful: {wrong} where 404 was due. {start}")
    status: int | None = 404
    for _ in range(max(1, round(patience_s / PAUSE_S))):
        status = await _post(address, secret, body)
        if status != 404:
            break
        await asyncio.sleep(PAUSE_S)
    if status == 403:
        return Remark(
            None, "The test event came from here, which is not an address you allow: that door works as you asked."
        )
    if status != 204:
        return Remark(
            False,
            f"The test event was not taken ({status or 'no answer'}). Is the service that answers at {address} the one with this "
            "database? Restart it, then `tactful gerrit doctor` with --user.",
        )
    return Remark(True, f"A test event sent to {address} arrived.")


async def answers(address: str, server: str) -> Remark:
    """Without the secret: does the Tactful that answers there know this server? Its plugin is there for everybody."""
    try:
        async with AsyncClient(timeout=10.0, follow_redirects=False, verify=trusted()) as http:
            status = (await http.get(f"{address}/gerrit/{server}/tactful.js")).status_code
    except HTTPError:
        return Remark(
            False, f"Nothing answers at {address}. Start it (`tactful serve`) or repair what is in front of it."
        )
    if status != 200:
        return Remark(
            False, f"What answers at {address} does not know {server} ({status}). Is it this Tactful? Restart it."
        )
    return Remark(True, f"Tactful answers at {address}.")


async def _post(address: str, secret: str, body: str) -> int | None:
    headers = {"content-type": "application/json; charset=utf-8"}
    try:
        async with AsyncClient(timeout=10.0, follow_redirects=False, verify=trusted()) as http:
            answer = await http.post(f"{address}/webhooks/gerrit/{secret}", content=body, headers=headers)
    except HTTPError:
        return None
    return answer.status_code
