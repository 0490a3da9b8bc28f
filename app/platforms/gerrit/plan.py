"""What connecting a server would do, step by step, as values: what, why, and how it is taken back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from app.crypto import hash_token
from app.domain import Server
from app.platforms.gerrit.client import segment
from app.platforms.gerrit.survey import CONFIG, Reader, Rights, Site, remote_path

Who = Literal["administrator", "reader"]

PUBLISHED: Final = "tactful"
DRAFTS: Final = "tactful-drafts"
EVENTS: Final = {PUBLISHED: ("comment-added",), DRAFTS: ("ref-updated", "batch-ref-updated")}
"""The two remotes. A project's own remote of the same name would replace the inherited one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to Gerrit, as a value. ``body`` is JSON, or text where it is a string; it may hold our secret address."""

    who: Who
    method: Literal["PUT", "POST", "DELETE"]
    path: str
    body: Mapping[str, Any] | str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """``ask`` first, where it changes who may do what; ``needs`` are steps without which this one would be refused.

    ``undo`` is kept (sealed) before ``do`` is done, so that an interrupted set-up can be taken back, too.
    """

    id: str
    what: str
    why: str
    do: Call | Server  # a server is kept in our own database
    undo: Call | None = None
    undo_says: str = ""
    ask: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the administrator wants. ``secret`` is a fresh one, for where none is in use; ``public_key`` opens the stream."""

    server: Server  # as it is to be, without paths
    address: str  # ours, as Gerrit reaches it
    secret: str = field(repr=False)
    known: Server | None = None
    public_key: str = ""  # in OpenSSH's one-line form


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]
    secret: str | None = field(default=None, repr=False)  # of the address that Gerrit posts to, where it posts

    @property
    def server(self) -> Server:
        return next(step.do for step in self.steps if isinstance(step.do, Server))


def connecting(site: Site, reader: Reader, rights: Rights, wish: Wish) -> Plan:
    """The steps that are still missing; where nothing is, only the first: keeping the server as it is."""
    known = secret_in_use(rights, wish.known, wish.address) if rights.webhooks else None
    secret = known or wish.secret
    paths: tuple[str, ...] = (hash_token(secret),) if rights.webhooks else ()
    if known and wish.known:
        paths = wish.known.paths  # two, while they are being rotated
    server = replace(wish.server, paths=paths)
    steps = [
        Step(
            "server",
            f"Keep {server.url} here under the name {server.name}, with {server.username}'s token (encrypted).",
            "Everything that comes from it is read back from this address and no other.",
            server,
        )
    ]
    if rights.webhooks:
        steps += _remotes(site, rights, wish, f"{wish.address}/webhooks/gerrit/{secret}")
    if server.ssh:
        steps += _stream(reader, rights, wish)
    return Plan(tuple(steps), secret if rights.webhooks else None)


def rotating(site: Site, rights: Rights, server: Server, address: str, secret: str) -> Plan:
    """A new secret address in force beside the present one, and the remotes pointed at it."""
    kept = Step(
        "server",
        "Open a second secret address; the present one stays open.",
        "Events that are on their way to the old one are not lost.",
        replace(server, paths=(hash_token(secret), *server.paths[:1])),
    )
    steps = _remotes(site, rights, Wish(server, address, secret, server), f"{address}/webhooks/gerrit/{secret}")
    return Plan((kept, *steps), secret)


def project_of(site: Site) -> dict[str, str]:
    """Remote → the project it belongs in. Drafts are kept in All-Users, whose events no other project's remote gets."""
    return {PUBLISHED: site.all_projects, DRAFTS: site.all_users}


def wanted(name: str, address: str) -> dict[str, Any]:
    """The plugin checks no certificate unless it is told to."""
    return {"url": address, "events": list(EVENTS[name]), "sslVerify": address.startswith("https://")}


def is_ours(remote: Mapping[str, Any], address: str) -> bool:
    return str(remote.get("url", "")).startswith(f"{address}/webhooks/gerrit/")


def secret_in_use(rights: Rights, known: Server | None, address: str) -> str | None:
    """The newest secret that a remote holds and that we know."""
    if known is None:
        return None
    held = [str(r["url"]).rpartition("/")[2] for r in rights.remotes.values() if is_ours(r, address)]
    return next((secret for path in known.paths for secret in held if hash_token(secret) == path), None)


def _remotes(site: Site, rights: Rights, wish: Wish, address: str) -> list[Step]:
    missing = [(n, p) for n, p in project_of(site).items() if not _as_wanted(rights.remotes.get((p, n)), n, address)]
    steps: list[Step] = []
    if any(project not in rights.may_push for _, project in missing) and rights.administrators is not None:
        steps.append(_rule(site, rights.administrators.uuid, rights.administrators.name))
    for name, project in missing:
        present = rights.remotes.get((project, name))
        path = remote_path(project, name)
        foreign = present is not None and not is_ours(present, wish.address)
        back = Call("administrator", "PUT", path, dict(present)) if foreign and present else None
        steps.append(
            Step(
                f"remote {name}",
                f"{'Replace' if foreign else 'Write'} the webhook `{name}` of {project}: "
                f"{', '.join(EVENTS[name])} → {wish.address}/webhooks/gerrit/…"
                + (" It points somewhere else today." if foreign else ""),
                "So that Tactful hears of published comments."
                if name == PUBLISHED
                else "So that Tactful hears of saved drafts, for people who handed it a token to read theirs.",
                Call("administrator", "PUT", path, wanted(name, address)),
                back or Call("administrator", "DELETE", path),
                f"The webhook `{name}` of {project} {'points where it did before' if foreign else 'is gone'}.",
                ask=foreign,
                needs=("rule",),
            )
        )
    return steps


def _as_wanted(present: Mapping[str, Any] | None, name: str, address: str) -> bool:
    want = wanted(name, address)
    return present is not None and all(
        sorted(present.get(key, [])) == sorted(value) if isinstance(value, list) else present.get(key, False) == value
        for key, value in want.items()
    )


def _rule(site: Site, uuid: str, group: str) -> Step:
    rule = {CONFIG: {"permissions": {"push": {"rules": {uuid: {"action": "ALLOW", "force": False}}}}}}
    path = f"projects/{segment(site.all_projects)}/access"
    return Step(
        "rule",
        f'Add one access rule to {site.all_projects}: [access "{CONFIG}"] push = group {group}.',
        f"The webhooks are written in {CONFIG}, and since 3.13 not even administrators may push there by default.",
        Call("administrator", "POST", path, {"add": rule}),
        Call("administrator", "POST", path, {"remove": rule}),
        f"{group} may not push to {CONFIG} any more.",
        ask=True,
    )


def _stream(reader: Reader, rights: Rights, wish: Wish) -> list[Step]:
    steps: list[Step] = []
    if not reader.may_stream and rights.streamers is not None:
        path = f"groups/{segment(rights.streamers.uuid)}/members/{segment(reader.username)}"
        steps.append(
            Step(
                "streamer",
                f"Make {reader.username} a member of {rights.streamers.name}, who may use stream-events.",
                "Gerrit shows its stream of events only to accounts with that capability.",
                Call("administrator", "PUT", path, {}),
                Call("administrator", "DELETE", path),
                f"{reader.username} is no member of {rights.streamers.name} any more.",
                ask=True,
            )
        )
    if " ".join(wish.public_key.split()[:2]) not in reader.ssh_keys:
        steps.append(
            Step(
                "ssh key",
                f"Give {reader.username} Tactful's SSH key.",
                "stream-events is reached over SSH.",
                Call("reader", "POST", "accounts/self/sshkeys", wish.public_key),
                Call("reader", "DELETE", "accounts/self/sshkeys/{seq}"),
                f"{reader.username} has no SSH key of Tactful's any more.",
            )
        )
    return steps
