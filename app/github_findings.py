"""What there is to say about a registered App after a look at it: for its page and for ``tactful github doctor``; pure."""

from __future__ import annotations

from collections.abc import Iterator

from app.findings import Finding
from app.github_manifest import BASE_EVENTS, EVENTS, Feature, missing
from app.platforms.registering import Look

ENABLES = {
    Feature.COMMITS: "comments on commits",
    Feature.DISCUSSIONS: "comments in discussions",
    Feature.APPLY: "putting a wording into a pending comment",
}


def findings(look: Look, address: str) -> Iterator[Finding]:
    """``address`` is the service's own, as people reach it."""
    app = look.app
    yield Finding(True, "key", f"GitHub knows the App {app.slug or app.id}.")
    yield Finding(
        look.secret_fits,
        "client secret",
        "it fits." if look.secret_fits else "GitHub refuses it, so nobody can sign in; make another one there.",
    )
    yield from _reading(look)
    yield from _hook(look, f"{address}/webhooks/github")
    yield from _installed(look)


def _reading(look: Look) -> Iterator[Finding]:
    lacking = missing(look.app.permissions)
    unheard = [event for event in BASE_EVENTS if event not in look.events]
    if lacking or unheard:
        where = ", ".join([*lacking, *(f"event {event.replace('_', ' ')}" for event in unheard)])
        yield Finding(False, "comments", f"the App lacks {where}; add it in its settings on GitHub.")
    else:
        yield Finding(True, "comments", "those on pull requests and issues are read.")
    for feature, what in ENABLES.items():
        lacking = missing(look.app.permissions, (feature,))
        unheard = [event for event in EVENTS.get(feature, ()) if event not in look.events]
        if lacking or unheard:
            needs = ", ".join([*lacking, *(f"event {event.replace('_', ' ')}" for event in unheard)])
            yield Finding(None, what, f"off; it takes {needs}.")
        else:
            yield Finding(True, what, "on.")


def _hook(look: Look, ours: str) -> Iterator[Finding]:
    if look.hook_url == ours:
        yield Finding(True, "webhook", f"deliveries go to {ours}.")
    elif look.hook_url:
        yield Finding(False, "webhook", f"deliveries go elsewhere; set {ours} in the App's settings on GitHub.")
    else:
        yield Finding(False, "webhook", f"none is set; set {ours} in the App's settings on GitHub.")


def _installed(look: Look) -> Iterator[Finding]:
    if not look.installed:
        yield Finding(None, "installed", f"nowhere yet; {look.app.page}/installations/new installs it.")
        return
    failing = [one.name for one in look.installed if not one.works]
    if failing:
        yield Finding(False, "installed", f"suspended, or not to be read, at {', '.join(failing)}.")
    working = len(look.installed) - len(failing)
    if working:
        yield Finding(True, "installed", f"in {working} {'place' if working == 1 else 'places'} that can be read.")
