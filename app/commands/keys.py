"""``tactful keys``: make and rotate the keys that text and tokens are kept under."""

from __future__ import annotations

import typer

from app import crypto, wiring
from app.domain import ConfigurationError
from app.engine import pending_walks
from app.settings import load
from app.store import Store, upkeep

app = typer.Typer(no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh key for TACTFUL_SECRET_KEYS."""
    typer.echo(crypto.new_key())


@app.command()
def rotate() -> None:
    """Re-seal everything under a new key (data folder) or under the first of TACTFUL_SECRET_KEYS.

    For keys in the data folder the service must be stopped: a running one would not know the new key. With
    TACTFUL_SECRET_KEYS it may run, once every replica has both keys. The earlier key stays behind the new one, for what is
    under way; a week later it can go (`tactful keys retire`, or from TACTFUL_SECRET_KEYS).
    """
    settings = load()
    keys = crypto.load_keys(settings.keys, settings.data)
    if not settings.keys:
        with wiring.only_one(settings):  # a running service would not know the new key
            keys = (crypto.new_key(), *keys)
            crypto.write_keys(settings.data, keys)
            done = _reseal(settings.sqlalchemy_url, keys)
    elif len(keys) < 2:
        raise ConfigurationError(
            "Put a new key (`tactful keys new`) before the present one in TACTFUL_SECRET_KEYS, "
            "restart every replica, then rotate."
        )
    else:
        done = _reseal(settings.sqlalchemy_url, keys)
    typer.echo(f"{done} things are under the newest key now. The earlier key is kept for what is under way.")


@app.command()
def retire() -> None:
    """Drop every key but the newest from the data folder, once nothing needs them."""
    settings = load()
    if settings.keys:
        raise ConfigurationError(
            "The keys come from TACTFUL_SECRET_KEYS: drop the later ones there, after `tactful keys rotate`."
        )
    with wiring.only_one(settings):
        newest = crypto.load_keys((), settings.data)[:1]
        store = Store.open(
            settings.sqlalchemy_url, crypto.Vault(newest)
        )  # fails, and changes nothing, if it does not fit
        if waiting := pending_walks(store):
            raise ConfigurationError(
                f"{waiting} deliveries are still under way, perhaps under the earlier key. "
                "Start the service, let them finish, then retire."
            )
        with store.begin() as c:
            upkeep.reseal(c, store.vault)
        crypto.write_keys(settings.data, newest)
    typer.echo("Only the newest key is left.")


def _reseal(url: str, keys: tuple[str, ...]) -> int:
    store = Store.open(url, crypto.Vault(keys))
    try:
        with store.begin() as c:
            return upkeep.reseal(c, store.vault)
    finally:
        store.close()
