"""Connecting a server and taking that back. What is done is decided in ``app.platforms.gerrit.plan``, which is pure."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

from app.commands.gerrit_desk import PLATFORM, Desk, Order, client
from app.commands.gerrit_look import fits
from app.crypto import new_token
from app.domain import Server, TactfulError
from app.platforms.gerrit import knock, plan, remarks, stream, survey
from app.platforms.gerrit.connect import Ended, Entry, Hands, carry_out, take_back
from app.platforms.gerrit.keys import GerritKeys
from app.platforms.gerrit.plan import Call, Plan
from app.store import connections, servers, tokens


async def connect(desk: Desk, order: Order, *, trial: bool) -> bool:
    """Look, say, plan, ask, do, try it. False where something was left undone. Raises ``TactfulError``."""
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(client(order.url, order.admin, order.admin_token))
        reading = await stack.enter_async_context(client(order.url, order.reader, order.reader_token))
        site = await survey.look_at_site(reading, order.reader)
        await survey.look_at_site(admin, order.admin)
        rights = await survey.look_at_rights(admin, site, plan.project_of(site))
        reader = await survey.look_at_reader(reading, site)
        known = desk.known(order.name)
        server = await _server(desk, order, known)
        private, public = _keys(desk, server)
        desk.remark(remarks.on_site(site, server, desk.address))
        desk.remark(remarks.on_reader(reader, desk.now(), rights.sees_changes))
        wish = plan.Wish(server, desk.address, new_token(), known, public)
        todo = plan.connecting(site, reader, rights, wish)
        if trial:
            _show(desk, todo)
            return True
        hands = Hands(admin, reading)
        results = await carry_out(todo, hands, desk.ledger(order.name, private), desk.agree, desk.result)
        rights = await survey.look_at_rights(admin, site, plan.project_of(site))
        reader = await survey.look_at_reader(reading, site)
    desk.remark(remarks.on_stream(reader, todo.server))
    heard = desk.remark(remarks.on_events(site, rights, todo.server, desk.address, fits(rights, todo.server)))
    fine = heard and all(result.ended is Ended.DONE for result in results)
    if todo.secret is not None:
        fine &= desk.remark([await knock.knock(desk.address, todo.secret, desk.now())])
    _left_for_you(desk, site, todo.server)
    return fine


async def _server(desk: Desk, order: Order, known: Server | None) -> Server:
    """As it is to be. Raises ``TactfulError`` where the stream's server is not trusted; nothing was changed then."""
    new = Server(PLATFORM, order.name, order.url, order.reader, order.reader_token, caught_up_to=desk.now())
    server = replace(known or new, username=order.reader, token=order.reader_token)
    if order.networks is not None:
        server = replace(server, networks=order.networks)
    if order.ssh is None:
        return server
    key, fingerprint = await stream.host_key(order.ssh)
    if server.ssh_host_key != key and not desk.trusted(fingerprint):
        raise TactfulError("Then nothing was changed. Compare the fingerprint with whoever runs that server.")
    return replace(server, ssh=order.ssh, ssh_host_key=key)


def _keys(desk: Desk, server: Server) -> tuple[str | None, str]:
    """(a private key, if one had to be made, the public one) for the stream, where there is to be one."""
    if not server.ssh:
        return None, ""
    present = desk.key_file or desk.ssh_key(server.name)
    return stream.new_key() if present is None else (None, stream.public_key(present))


async def undo(desk: Desk, order: Order, *, trial: bool) -> bool:
    """Take back what was done there, end people's tokens on both sides, and let go of the server here."""
    store = desk.opened()
    known = desk.known(order.name)
    with store.read() as c:
        done = connections.entries(c, store.vault, PLATFORM, order.name)
        held = tokens.at_server(c, store.vault, PLATFORM, order.name)
    if known is None and not done:
        raise TactfulError(f"Nothing is connected under the name {order.name}. `tactful gerrit list` shows what is.")
    if trial:
        _would_take_back(desk, done, len(held))
        return True
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(client(order.url, order.admin, order.admin_token))
        reading = None
        if known is not None:
            reading = await stack.enter_async_context(client(known.url, known.username, known.token))
        site = await survey.look_at_site(admin, order.admin)
        rights = await survey.look_at_rights(admin, site, plan.project_of(site))
        await _end_tokens(desk, known, held)
        left = await take_back(done, lambda call: _untouched(desk, rights, call), Hands(admin, reading), desk.result)
    with store.begin() as c:
        connections.keep(c, store.vault, PLATFORM, order.name, left)
        connections.keep_ssh_key(c, store.vault, PLATFORM, order.name, None)
        needed = any(one["call"]["who"] == "reader" for one in left)  # its token undoes what is left the next time
        if not needed:
            servers.remove(c, PLATFORM, order.name)
    if needed:
        desk.say(f"{order.name} stays known here until the rest is taken back: run this again.")
    else:
        desk.say(f"{order.name} is not known here any more. People's accounts and what they chose stay theirs.")
    return not left


async def end_drafts(desk: Desk, server: Server) -> None:
    """End every token that people handed over for ``server``."""
    store = desk.opened()
    with store.read() as c:
        held = tokens.at_server(c, store.vault, PLATFORM, server.name)
    await _end_tokens(desk, server, held)


async def _end_tokens(desk: Desk, server: Server | None, held: list[tokens.Held]) -> None:
    store = desk.opened()
    not_there = 0
    for one in held:
        if server is None or not await GerritKeys().end(server, one.key):
            not_there += 1
        with store.begin() as c:
            tokens.drop(c, one)
    if held:
        desk.say(f"done      {len(held)} people's tokens for their drafts are ended.")
    if not_there:
        desk.say(f"note      {not_there} of them could not be ended in Gerrit; they end there by themselves.")


def _untouched(desk: Desk, rights: survey.Rights, call: Call) -> bool:
    for (project, name), remote in rights.remotes.items():
        if call.path == survey.remote_path(project, name):
            return plan.is_ours(remote, desk.address)
    return True


def _show(desk: Desk, todo: Plan) -> None:
    desk.say("Without --dry-run, this would be done:")
    for number, step in enumerate(todo.steps, 1):
        asked = " You would be asked first." if step.ask else ""
        desk.say(f"{number}. {step.what}{asked}\n   {step.why}")
    if todo.secret is not None:
        desk.say(f"{len(todo.steps) + 1}. Send a test event to {desk.address}/webhooks/gerrit/….")
    desk.say("Nothing was changed, here or there.")


def _would_take_back(desk: Desk, done: list[Entry], people: int) -> None:
    desk.say("Without --dry-run, this would be so afterwards:")
    for one in reversed(done):
        desk.say(f"- {one['says']}")
    if people:
        desk.say(f"- {people} people's tokens for their drafts are ended on both sides.")
    desk.say("- The server is not known here any more.\nNothing was changed, here or there.")


def _left_for_you(desk: Desk, site: survey.Site, server: Server) -> None:
    desk.say("\nLeft for whoever runs that Gerrit:")
    desk.say(f"- In gerrit.config, so that Gerrit tells of drafts; then restart it:\n\n{remarks.GERRIT_CONFIG}")
    if not site.has_plugin:
        desk.say(f"- One file into its plugins folder: `tactful gerrit plugin {server.name} --to tactful.js`.")
    desk.say(f"Then `tactful gerrit doctor {server.name}` looks again, at any time.")
