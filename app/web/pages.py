"""The pages: the box and the norms for everybody; inbox, history and giving a text for each person alone."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import apply, front, give, history, inbox, norms, proposals, retro
from app.web.templating import render_error

__all__ = ["render_error", "router"]

router = APIRouter()
for part in (front, proposals, norms, inbox, apply, history, give, retro):
    router.include_router(part.router)
