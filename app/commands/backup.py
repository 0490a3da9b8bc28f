"""``tactful backup`` and ``restore``: one file with the database and, on the embedded default, its keys."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, make_url

from app import crypto, wiring
from app.domain import ConfigurationError
from app.settings import Settings, load
from app.store import Store

Archive = Annotated[Path, typer.Argument(help="The backup, a .tar file.")]


def backup(file: Archive) -> None:
    """Copy everything while the service runs: SQLite's online backup, or pg_dump."""
    settings = load()
    if file.exists():
        raise ConfigurationError(f"{file} is there already. Nothing was overwritten; choose another name.")
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / ("tactful.db" if settings.sqlite_file else "tactful.dump")
        _copy_sqlite(settings.sqlite_file, database) if settings.sqlite_file else _dump(settings, database)
        keys = crypto.key_file(settings.data)
        # Text is sealed in the database: with the keys beside it, whoever holds the file can read it.
        with (
            os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
            tarfile.open(fileobj=out, mode="w") as tar,
        ):
            tar.add(database, database.name)
            if not settings.keys and keys.exists():
                tar.add(keys, keys.name)
    also = (
        " It holds the keys, too: keep it where you would keep them."
        if not settings.keys
        else " The keys are not in it."
    )
    typer.echo(f"Everything is in {file}.{also}")


def restore(file: Archive, force: Annotated[bool, typer.Option(help="Replace what is there.")] = False) -> None:
    """Put a backup back. The service must be stopped."""
    settings = load()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with wiring.only_one(settings), tempfile.TemporaryDirectory(dir=settings.data) as folder:
        names = _unpack(file, Path(folder))
        if settings.sqlite_file:
            _put_sqlite(Path(folder), names, settings.sqlite_file, settings, force=force)
        else:
            if "tactful.dump" not in names:
                raise ConfigurationError(f"{file} holds a SQLite database; this Tactful is set to PostgreSQL.")
            options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
            _tool("pg_restore", settings, *options, folder + "/tactful.dump")
    wiring.open_store(settings).close()  # migrates, and fails here rather than at night if the keys do not fit
    typer.echo("Restored. Start the service again.")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise ConfigurationError(f"There is no database at {source} yet, so there is nothing to back up.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _put_sqlite(folder: Path, names: set[str], target: Path, settings: Settings, *, force: bool) -> None:
    if "tactful.db" not in names:
        raise ConfigurationError("This backup holds a PostgreSQL database; set TACTFUL_DATABASE_URL to restore it.")
    if target.exists() and not force:
        raise ConfigurationError(f"{target} is there already. Nothing was changed; --force replaces it.")
    with closing(sqlite3.connect(folder / "tactful.db")) as c:
        if c.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ConfigurationError("The database in this backup is damaged. Nothing was changed; try an earlier one.")
    _must_fit(folder, names, settings)
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    (folder / "tactful.db").replace(target)
    if "secret.keys" in names:
        crypto.write_keys(settings.data, _keys_in(folder))


def _must_fit(folder: Path, names: set[str], settings: Settings) -> None:
    """Open the unpacked database with the keys it will have, while what is there can still stay."""
    there = settings.data if crypto.key_file(settings.data).exists() else None
    keys = settings.keys or (_keys_in(folder) if "secret.keys" in names else there and crypto.load_keys((), there))
    if not keys:
        raise ConfigurationError("This backup needs its keys. Nothing was changed; set TACTFUL_SECRET_KEYS to them.")
    try:
        Store.open(f"sqlite:///{folder / 'tactful.db'}", crypto.Vault(keys)).close()
    except ConfigurationError as error:
        raise ConfigurationError(f"This backup cannot be opened here; nothing was changed. {error}") from None


def _keys_in(folder: Path) -> tuple[str, ...]:
    return tuple(crypto.key_file(folder).read_text().split())


def _unpack(file: Path, folder: Path) -> set[str]:
    """Only the names we know, so that a crafted archive writes nothing elsewhere."""
    known = {"tactful.db", "tactful.dump", "secret.keys"}
    try:
        with tarfile.open(file) as tar:
            members = [m for m in tar.getmembers() if m.name in known and m.isfile()]
            for member in members:
                source = tar.extractfile(member)
                assert source is not None
                with source, (folder / member.name).open("wb") as out:
                    shutil.copyfileobj(source, out)
    except (OSError, tarfile.TarError) as error:
        raise ConfigurationError(
            f"{file} could not be read as a backup ({type(error).__name__}). Nothing was changed."
        ) from None
    return {m.name for m in members}


def _dump(settings: Settings, target: Path) -> None:
    _tool("pg_dump", settings, "--format=custom", "--no-owner", f"--file={target}")


def libpq(url: str) -> tuple[str, str | None]:
    """The address as libpq takes it, without its password, and the password, which must not be seen in `ps`."""
    u = make_url(url)
    query = {name: value for name, value in u.query.items() if name != "password"}
    given = u.password or u.query.get("password")
    address = URL.create("postgresql", u.username, None, u.host, u.port, u.database, query)
    return address.render_as_string(hide_password=False), given if isinstance(given, str) else None


def _tool(name: str, settings: Settings, *arguments: str) -> None:
    path = shutil.which(name)
    if path is None:
        raise ConfigurationError(f"{name} is not on this machine. Install PostgreSQL's client programs.")
    # The program is PostgreSQL's own and the arguments are ours: no shell, nothing of anybody else's.
    address, password = libpq(settings.sqlalchemy_url)
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(  # noqa: S603
        [path, "--dbname", address, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise ConfigurationError(f"{name} did not succeed: {reason[0]}")
