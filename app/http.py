"""The one module that imports httpx, so that a move to its successor costs one line."""

from httpx import AsyncClient, Client, HTTPError, Response

__all__ = ["AsyncClient", "Client", "HTTPError", "Response"]
