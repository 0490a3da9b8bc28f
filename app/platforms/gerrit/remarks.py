"""What an administrator should know of a connected server: what is right, what is not, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.domain import Server
from app.platforms.gerrit.plan import EVENTS, is_ours, project_of
from app.platforms.gerrit.survey import CONFIG, MIGHTY, Reader, Rights, Site
from app.platforms.gerrit.versions import COMMENT_ENDPOINT, abilities

SOON = timedelta(days=14)
GERRIT_CONFIG = '[event "stream-events"]\n\tenableDraftCommentEvents = true\n'
"""For gerrit.config; Gerrit reads it when it starts. No REST call tells whether it is there."""
STREAM_HIDES_DRAFTS = (
    "A stream's user is not shown draft events (seen on 3.13): drafts from other clients need the webhooks plugin."
)
DRAFTS_MEAN = (
    "To read a person's drafts, Tactful must hold a Gerrit token of theirs, and such a token can do everything that person "
    "can do. It is kept encrypted, used only for drafts and for renewing itself, and ended on both sides when they say so; "
    "each person decides for themselves, with this sentence before them, and a token of an administrator is not taken."
)


@dataclass(frozen=True, slots=True)
class Remark:
    """``ok`` is ``None`` for what is worth knowing and not wrong."""

    ok: bool | None
    says: str


def on_site(site: Site, server: Server, address: str) -> Iterator[Remark]:
    version = site.version
    if version is None:
        yield Remark(None, f"Gerrit calls itself {site.version_text}, which is no version; it is taken for a new one.")
    else:
        yield Remark(version >= COMMENT_ENDPOINT, f"Gerrit {site.version_text} at {server.url}.")
    for ability in abilities(version):
        yield Remark(None if ability.has is False else True, ability.says)
    if server.url.startswith("http://") and not _is_local(server.url):
        yield Remark(False, f"{server.url} is not https: tokens travel in the open. Use its https address.")
    if server.url.startswith("https://") and not address.startswith("https://"):
        yield Remark(
            False,
            f"{address} is not https, so browsers will not let pages of {server.url} talk to it. Put a proxy with TLS before "
            "Tactful and set TACTFUL_BASE_URL.",
        )
    if site.has_plugin:
        yield Remark(True, "The plugin in the page is there.")
    else:
        yield Remark(
            None,
            f"The plugin in the page is not there: `tactful gerrit plugin {server.name} --to tactful.js`, then copy that file "
            "into the plugins folder of Gerrit's site.",
        )
    yield Remark(
        None,
        "People may hand over a token for their drafts."
        if server.drafts_allowed
        else f"Nobody may hand over a token for their drafts; `tactful gerrit drafts {server.name} on` allows it.",
    )


def on_reader(reader: Reader, now: datetime, everybody_sees_changes: bool | None = None) -> Iterator[Remark]:
    """``everybody_sees_changes``: whether an administrator sees any, where one was asked."""
    yield Remark(True, f"{reader.username} reads there, and administers nothing.")
    if mighty := sorted(reader.capabilities.intersection(MIGHTY)):
        yield Remark(
            False,
            f"{reader.username} may do more than it needs ({', '.join(mighty)}). Take that from it, or use another.",
        )
    if reader.sees_changes:
        yield Remark(True, f"{reader.username} sees changes.")
    elif everybody_sees_changes:
        yield Remark(False, f"{reader.username} sees no change at all. Give it the permission Read on refs/*.")
    else:
        yield Remark(
            None, f"{reader.username} sees no change yet. If there are some, give it the permission Read on refs/*."
        )
    for project in reader.config_readable:
        yield Remark(
            None,
            f"{CONFIG} of {project} may be read by ordinary accounts, and the secret address that Gerrit posts to stands in it. "
            "A forged event can do no more than make Tactful read a comment back once; to close it, make the permission Read on "
            f"{CONFIG} exclusive to its owners and run `tactful gerrit rotate`, or name Gerrit's own address with --allow.",
        )
    if reader.token_ends_at is not None and reader.token_ends_at < now + SOON:
        yield Remark(
            False,
            f"A token of {reader.username} ends on {reader.token_ends_at:%Y-%m-%d}. If Tactful uses that one, make another "
            "and connect again.",
        )


def on_events(site: Site, rights: Rights, server: Server, address: str, fits: frozenset[str]) -> Iterator[Remark]:
    """``fits`` are the names of the remotes whose secret is in force here."""
    if rights.webhooks is None:
        missing = "The webhooks plugin is not there"
        yield (
            Remark(True, f"{missing}; events come by stream-events instead.")
            if server.ssh
            else Remark(
                False,
                f"{missing}, so nothing is heard of published comments. Install it and connect again, or connect with "
                "--stream host:port.",
            )
        )
        return
    if rights.webhooks is False:
        yield Remark(False, "The webhooks plugin is switched off; an administrator can enable it in Browse → Plugins.")
        return
    for name, project in project_of(site).items():
        remote = rights.remotes.get((project, name))
        if remote is None:
            yield Remark(False, f"The webhook `{name}` of {project} is missing. Connect again to write it.")
        elif not is_ours(remote, address):
            yield Remark(
                False, f"The webhook `{name}` of {project} points somewhere else. Connect again to replace it."
            )
        elif name not in fits:
            yield Remark(False, f"The webhook `{name}` of {project} holds an address that is closed. Connect again.")
        elif not set(EVENTS[name]) <= set(remote.get("events") or EVENTS[name]):
            yield Remark(False, f"The webhook `{name}` of {project} does not send all it should. Connect again.")
        elif address.startswith("https://") and not remote.get("sslVerify"):
            yield Remark(False, f"The webhook `{name}` of {project} does not check our certificate. Connect again.")
        else:
            yield Remark(True, f"The webhook `{name}` of {project} is as it should be.")


def on_stream(reader: Reader, server: Server) -> Iterator[Remark]:
    if server.ssh:
        yield Remark(
            reader.may_stream,
            f"{reader.username} may use stream-events at {server.ssh}."
            if reader.may_stream
            else f"{reader.username} may not use stream-events. Make it a member of Service Users, or connect again.",
        )
        yield Remark(None, STREAM_HIDES_DRAFTS)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
