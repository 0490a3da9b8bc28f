"""The one module that imports httpx, so that a move to its successor costs one line."""

from functools import cache
from ssl import SSLContext

from httpx import AsyncClient, Client, HTTPError, Response, create_ssl_context

__all__ = ["AsyncClient", "Client", "HTTPError", "Response", "trusted"]


@cache
def trusted() -> SSLContext:
    """The usual authorities, read once: each time costs tens of milliseconds."""
    return create_ssl_context()
