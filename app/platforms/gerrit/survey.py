"""What a Gerrit server is like, seen through its REST API. Reads, and changes nothing.

https://gerrit-review.googlesource.com/Documentation/rest-api.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from app.domain import NotNow, TactfulError
from app.platforms.gerrit.client import Client, GerritRefused, segment
from app.platforms.gerrit.versions import Version

CONFIG: Final = "refs/meta/config"
MIGHTY: Final = ("modifyAccount", "readAs", "runAs", "maintainServer", "createAccount", "accessDatabase")
"""Capabilities that the account that reads has no use for (``administrateServer`` is refused)."""


class ServerRefused(TactfulError):
    """The server, an account or a token is not what it must be; says what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The service account, and what it may see."""

    username: str
    account_id: int
    capabilities: frozenset[str]
    sees_changes: bool
    config_readable: tuple[str, ...]  # projects whose refs/meta/config an ordinary account may read
    token_ends_at: datetime | None  # the earliest end of its tokens: which one was used, Gerrit does not say
    ssh_keys: frozenset[str] = frozenset()  # each as ``algorithm key``

    @property
    def may_stream(self) -> bool:
        return "streamEvents" in self.capabilities


@dataclass(frozen=True, slots=True)
class Site:
    """What everybody signed in may know of a server."""

    version_text: str
    all_projects: str
    all_users: str
    scripts: tuple[str, ...]  # addresses of plugins that are one JavaScript file

    @property
    def version(self) -> Version | None:
        return Version.parse(self.version_text)

    @property
    def has_plugin(self) -> bool:
        return any(path.endswith("/tactful.js") for path in self.scripts)


@dataclass(frozen=True, slots=True)
class Group:
    uuid: str
    name: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What only an administrator may know. ``remotes`` are those of the webhooks plugin by (project, name)."""

    webhooks: bool | None  # the plugin: on, off, or not there
    may_push: frozenset[str]  # projects whose refs/meta/config this administrator may push to
    administrators: Group | None  # the group of theirs that administers, to grant the missing rule to
    streamers: Group | None  # a group that may use stream-events
    sees_changes: bool
    remotes: Mapping[tuple[str, str], Mapping[str, Any]] = field(repr=False)  # with our secret address


async def look_at_site(client: Client, who: str) -> Site:
    """``who`` is the account's username. Raises ``ServerRefused`` when it is not accepted, or no Gerrit answers."""
    try:
        version = await client.get("config/server/version")
        info = await client.get("config/server/info")
        names = info["gerrit"]
        scripts = tuple(str(path) for path in info.get("plugin", {}).get("js_resource_paths", ()))
        return Site(str(version), str(names["all_projects"]), str(names["all_users"]), scripts)
    except GerritRefused as refused:
        if refused.status == 401:
            raise ServerRefused(
                f"Gerrit does not accept {who} with that token. It takes the account's *username*; a new token is made in "
                "its settings, under Access Tokens or HTTP Credentials."
            ) from None
        raise ServerRefused(f"{refused} Is this the address of a Gerrit, with its path if it has one?") from None
    except NotNow:
        raise ServerRefused(
            "Gerrit does not answer at that address, or is too busy just now. Check the address and that it runs, then run "
            "this again."
        ) from None
    except (TypeError, LookupError, AttributeError):
        raise ServerRefused("What answers at that address does not speak as Gerrit does. Check the address.") from None


async def look_at_reader(client: Client, site: Site) -> Reader:
    """Raises ``ServerRefused`` for an administrator: what reads comments should be able to do nothing else."""
    detail = await client.get("accounts/self/detail")
    capabilities = frozenset(await client.get("accounts/self/capabilities"))
    username = str(detail.get("username", ""))
    if "administrateServer" in capabilities:
        raise ServerRefused(
            f"{username} is an administrator of that Gerrit. Tactful only reads: make an account without rights for it."
        )
    readable = [p for p in (site.all_projects, site.all_users) if await _there(client, _config(p))]
    return Reader(
        username,
        int(detail["_account_id"]),
        capabilities,
        bool(await client.get("changes/", n="1")),
        tuple(readable),
        _first_end(await _optional(client, "accounts/self/tokens") or ()),
        frozenset(
            f"{key['algorithm']} {key['encoded_key']}"
            for key in await _optional(client, "accounts/self/sshkeys") or ()
            if key.get("valid")
        ),
    )


async def look_at_rights(admin: Client, site: Site, remotes: Mapping[str, str]) -> Rights:
    """``remotes`` maps the names of ours to their projects. Raises ``ServerRefused`` if this is no administrator."""
    if "administrateServer" not in await admin.get("accounts/self/capabilities"):
        raise ServerRefused("That is not an administrator of this Gerrit. Give the username of one with --user.")
    access = await admin.get(f"projects/{segment(site.all_projects)}/access")
    mine = {unquote(str(group["id"])) for group in await admin.get("accounts/self/groups")}
    plugins = await admin.get("plugins/", all="true")
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for name, project in remotes.items():
        if (remote := await _optional(admin, remote_path(project, name))) is not None:
            found[project, name] = remote
    return Rights(
        webhooks=not plugins["webhooks"].get("disabled", False) if "webhooks" in plugins else None,
        may_push=frozenset([p for p in (site.all_projects, site.all_users) if await _may_push(admin, p)]),
        administrators=_group(access, "administrateServer", lambda uuid: uuid in mine),
        streamers=_group(access, "streamEvents", lambda uuid: ":" not in uuid),  # one whose members Gerrit keeps
        sees_changes=bool(await admin.get("changes/", n="1")),
        remotes=found,
    )


def remote_path(project: str, name: str) -> str:
    """https://gerrit.googlesource.com/plugins/webhooks/+/refs/heads/master/src/main/resources/Documentation/rest-api-config.md"""
    return f"config/server/webhooks~projects/{segment(project)}/remotes/{segment(name)}"


async def _may_push(admin: Client, project: str) -> bool:
    asked = await admin.get(f"projects/{segment(project)}/check.access", account="self", ref=CONFIG, perm="push")
    return bool(asked["status"] == 200)


def _group(access: Any, capability: str, fits: Callable[[str], bool]) -> Group | None:
    """The first group that has ``capability`` and ``fits``, leaving aside those that everybody is in."""
    permissions = access["local"].get("GLOBAL_CAPABILITIES", {}).get("permissions", {})
    for uuid, rule in permissions.get(capability, {}).get("rules", {}).items():
        if rule.get("action") == "ALLOW" and not uuid.startswith("global:") and fits(uuid):
            return Group(uuid, str(access["groups"].get(uuid, {}).get("name", uuid)))
    return None


def _config(project: str) -> str:
    return f"projects/{segment(project)}/branches/{segment(CONFIG)}"


async def _there(client: Client, path: str) -> bool:
    return await _optional(client, path) is not None


async def _optional(client: Client, path: str) -> Any:
    try:
        return await client.get(path)
    except GerritRefused as refused:
        if refused.status in (403, 404, 405):
            return None
        raise


def _first_end(tokens: Any) -> datetime | None:
    ends = [str(token["expiration"]) for token in tokens if token.get("expiration")]
    return datetime.fromisoformat(min(ends)[:19]).replace(tzinfo=UTC) if ends else None
