"""Who works on the test server, and what they do there: through REST, as their clients would."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from app.http import Client

ADMIN = 1000000
MAGIC = ")]}'"


class Gone(AssertionError):
    """Gerrit refused what a test asked for."""


@dataclass
class Somebody:
    """An account with a token of its own; ``ask`` does anything it may do."""

    url: str
    id: int
    username: str
    token: str
    client: Client = field(repr=False, default_factory=lambda: Client(timeout=30))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, f"{self.url}/a/{path}", json=body, auth=(self.username, self.token))
        if not 200 <= answer.status_code < 300:
            raise Gone(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return parsed(answer.text)

    # --- access -----------------------------------------------------------------------------------------------------

    def new_token(self, name: str, lifetime: str = "30d") -> str:
        return str(self.ask("PUT", f"accounts/self/tokens/{name}", {"lifetime": lifetime})["token"])

    def end_token(self, name: str) -> None:
        self.ask("DELETE", f"accounts/self/tokens/{name}")

    def forget_token(self, name: str) -> None:
        """The same, where it may have ended already."""
        self.client.delete(f"{self.url}/a/accounts/self/tokens/{name}", auth=(self.username, self.token))

    # --- changes ----------------------------------------------------------------------------------------------------

    def change(self, *, project: str = "lib", private: bool = False) -> int:
        """A change with one file of ten lines, ``lib.py``."""
        made = {"project": project, "branch": "master", "subject": "Add a file", "is_private": private}
        number = int(self.ask("POST", "changes/", made)["_number"])
        content = "".join(f"line {n}\n" for n in range(1, 11))
        answer = self.client.put(
            f"{self.url}/a/changes/{number}/edit/lib.py",
            content=content,
            headers={"content-type": "text/plain"},
            auth=(self.username, self.token),
        )
        assert answer.status_code == 204, answer.text
        self.ask("POST", f"changes/{number}/edit:publish")
        return number

    # --- comments ---------------------------------------------------------------------------------------------------

    def review(
        self,
        change: int,
        message: str | None = None,
        *comments: str,
        tag: str | None = None,
        drafts: str = "KEEP",
        vote: int | None = None,
    ) -> None:
        """Publish a cover message and inline comments, one a line."""
        body: dict[str, Any] = {"drafts": drafts}
        if message is not None:
            body["message"] = message
        if comments:
            body["comments"] = {"lib.py": [{"line": n, "message": text} for n, text in enumerate(comments, 1)]}
        if tag is not None:
            body["tag"] = tag
        if vote is not None:
            body["labels"] = {"Code-Review": vote}
        self.ask("POST", f"changes/{change}/revisions/current/review", body)

    def publish_drafts(self, change: int) -> None:
        self.review(change, drafts="PUBLISH_ALL_REVISIONS")

    def draft(self, change: int, text: str, line: int = 1, **more: Any) -> str:
        body = {"path": "lib.py", "line": line, "message": text, **more}
        return str(self.ask("PUT", f"changes/{change}/revisions/current/drafts", body)["id"])

    def rewrite_draft(self, change: int, id: str, text: str) -> None:
        body = {"path": "lib.py", "line": 1, "message": text}
        self.ask("PUT", f"changes/{change}/revisions/current/drafts/{id}", body)

    def delete_draft(self, change: int, id: str) -> None:
        self.ask("DELETE", f"changes/{change}/revisions/current/drafts/{id}")

    def drafts(self, change: int) -> list[dict[str, Any]]:
        return [one for found in self.ask("GET", f"changes/{change}/drafts").values() for one in found]

    def comments(self, change: int) -> list[dict[str, Any]]:
        return [one for found in self.ask("GET", f"changes/{change}/comments").values() for one in found]

    def messages(self, change: int) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"changes/{change}/messages"))

    def delete_comment(self, change: int, id: str, why: str = "a test") -> None:
        """Administrators only. Gerrit keeps the comment, with other words."""
        self.ask("POST", f"changes/{change}/revisions/current/comments/{id}/delete", {"reason": why})

    def delete_message(self, change: int, id: str, why: str = "a test") -> None:
        self.ask("POST", f"changes/{change}/messages/{id}/delete", {"reason": why})


class People:
    """Everybody on one server: ``admin``, ``rita`` and ``owen`` who review, ``reader`` who only reads, ``robot``."""

    admin: Somebody
    rita: Somebody
    owen: Somebody
    reader: Somebody
    robot: Somebody

    def __init__(self, url: str) -> None:
        self.url = url
        self._numbers = itertools.count(1)
        self._marked: int | None = None

    def settle(self) -> None:
        """Make the accounts, their tokens, the project ``lib``, and ``robot`` one of the service users."""
        self.admin = self.become(ADMIN, "admin")
        self.rita = self.new("rita", "Rita Reviewer")
        self.owen = self.new("owen", "Owen Owner")
        self.reader = self.new("tactful", "Tactful")
        self.robot = self.new("robot", "Robot")
        self.admin.ask("PUT", f"groups/{quote('Service Users')}/members/robot", {})
        self.admin.ask("PUT", "projects/lib", {"create_empty_commit": True})

    def marked(self) -> int:
        """A change that only tells when events have come."""
        if self._marked is None:
            self._marked = self.admin.change()
        return self._marked

    def new(self, username: str, name: str = "") -> Somebody:
        body = {"name": name or username, "email": f"{username}@example.org"}
        made = self.admin.ask("PUT", f"accounts/{username}", body)
        return self.become(int(made["_account_id"]), username)

    def become(self, account: int, username: str) -> Somebody:
        """Sign in as the development server allows, and leave with a token."""
        with Client(timeout=30, follow_redirects=False) as browser:
            browser.get(f"{self.url}/login/", params={"account_id": account})
            browser.get(f"{self.url}/")
            name = f"test-{next(self._numbers)}"
            answer = browser.put(
                f"{self.url}/accounts/self/tokens/{name}",
                json={"lifetime": "30d"},
                headers={"X-Gerrit-Auth": browser.cookies.get("XSRF_TOKEN") or ""},
            )
        if answer.status_code not in (200, 201):
            raise Gone(f"no token for {username}: {answer.status_code} {answer.text[:300]}")
        return Somebody(self.url, account, username, str(parsed(answer.text)["token"]))


def parsed(text: str) -> Any:
    return json.loads(text[len(MAGIC) :]) if text.startswith(MAGIC) else text
