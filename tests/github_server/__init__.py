"""A GitHub of our own, over real HTTP: App keys, tokens, pending reviews, limits, webhooks and their log.

What it is asked over REST is compared with GitHub's OpenAPI description, and GraphQL runs on GitHub's own schema: so a test
that passes here asked nothing that GitHub does not have.
"""

from tests.github_server.server import Asked, FakeGitHub, running

__all__ = ["Asked", "FakeGitHub", "running"]
