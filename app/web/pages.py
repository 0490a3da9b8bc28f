"""The pages: the box and the norms for everybody, inbox and history for each person alone."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import apply, front, history, inbox
from app.web.templating import render_error

__all__ = ["render_error", "router"]

router = APIRouter()
for part in (front, inbox, apply, history):
    router.include_router(part.router)
