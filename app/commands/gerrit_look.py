"""Looking a connected server over, and changing its secret address."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

from app.commands.gerrit_desk import PLATFORM, Desk, client
from app.crypto import hash_token, new_token
from app.domain import NotNow, Server, TactfulError
from app.platforms.gerrit import knock, plan, remarks, stream, survey
from app.platforms.gerrit.connect import Ended, Hands, carry_out
from app.platforms.gerrit.remarks import Remark
from app.store import servers


async def examine(desk: Desk, server: Server, admin_name: str, admin_token: str) -> bool:
    """Everything again, changing nothing. Without an administrator, what its own account may see."""
    desk.say(f"{server.name}")
    async with AsyncExitStack() as stack:
        reading = await stack.enter_async_context(client(server.url, server.username, server.token))
        try:
            site = await survey.look_at_site(reading, server.username)
            reader = await survey.look_at_reader(reading, site)
        except (survey.ServerRefused, NotNow) as error:
            return desk.remark([Remark(False, f"{error} With another token, connect again.")])
        fine = desk.remark(remarks.on_site(site, server, desk.address))
        fine &= desk.remark(remarks.on_reader(reader, desk.now()))
        fine &= desk.remark(remarks.on_stream(reader, server))
        if server.ssh:
            fine &= desk.remark([await _same_host_key(desk, server)])
        if not admin_token:
            fine &= desk.remark([await knock.answers(desk.address, server.name)])
            note = "With --user and an administrator's token the webhooks are looked at, too, and a test event is sent."
            return fine & desk.remark([Remark(None, note)])
        admin = await stack.enter_async_context(client(server.url, admin_name, admin_token))
        await survey.look_at_site(admin, admin_name)
        rights = await survey.look_at_rights(admin, site, plan.project_of(site))
    fine &= desk.remark(remarks.on_events(site, rights, server, desk.address, fits(rights, server)))
    secret = plan.secret_in_use(rights, server, desk.address)
    if secret is not None:
        fine &= desk.remark([await knock.knock(desk.address, secret, desk.now())])
    return fine


async def _same_host_key(desk: Desk, server: Server) -> Remark:
    try:
        key, fingerprint = await stream.host_key(server.ssh)
    except TactfulError as error:
        return Remark(False, str(error))
    if key == server.ssh_host_key:
        return Remark(True, f"{server.ssh} shows the key that was pinned ({fingerprint}).")
    return Remark(
        False, f"{server.ssh} shows another key than was pinned ({fingerprint}). If meant, connect again with --stream."
    )


async def rotate(desk: Desk, server: Server, admin_name: str, admin_token: str) -> bool:
    """First a second address beside the present one; called again, the earlier one is closed."""
    store = desk.opened()
    async with client(server.url, admin_name, admin_token) as admin:
        site = await survey.look_at_site(admin, admin_name)
        rights = await survey.look_at_rights(admin, site, plan.project_of(site))
        if not rights.webhooks:
            raise TactfulError(f"{server.name} has no webhooks plugin, so there is no secret address to change.")
        if len(server.paths) > 1 and _held(rights, server) == {server.paths[0]}:
            with store.begin() as c:
                servers.change(c, PLATFORM, server.name, paths=list(server.paths[:1]))
            desk.say("done      The earlier secret address is closed.")
            return True
        used = next((path for path in server.paths if path in _held(rights, server)), None)
        current = replace(server, paths=(used,) if used else server.paths[:1])
        todo = plan.rotating(site, rights, current, desk.address, new_token())
        results = await carry_out(todo, Hands(admin), desk.ledger(server.name), desk.agree, desk.result)
    fine = written = all(result.ended is Ended.DONE for result in results)
    if todo.secret is not None:
        fine &= desk.remark([await knock.knock(desk.address, todo.secret, desk.now())])
    desk.say(
        "Both addresses are open. In a minute or later, run this again to close the earlier one."
        if written
        else "The webhooks still point at the earlier address, which stays open."
    )
    return fine


def _held(rights: survey.Rights, server: Server) -> set[str]:
    """Hashes of the secrets that the remotes hold; what is not ours counts as one that we do not know."""
    return {hash_token(str(remote.get("url", "")).rpartition("/")[2]) for remote in rights.remotes.values()}


def fits(rights: survey.Rights, server: Server) -> frozenset[str]:
    return frozenset(
        name
        for (_, name), remote in rights.remotes.items()
        if hash_token(str(remote.get("url", "")).rpartition("/")[2]) in server.paths
    )
