"""Every setting, from the environment (``TACTFUL_*``), then ``tactful.toml``, then the defaults here.

Read once, at start, by ``load``; nothing reads the environment later. An unknown name is refused, because a setting
that is misspelt and silently ignored is how a private thing becomes public.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from app.domain import ConfigurationError

#: Names in the same family that are not settings: where to find the file, what a command is given once, and the tests.
OTHER_NAMES = frozenset(
    {
        "TACTFUL_CONFIG",
        "TACTFUL_GERRIT_ADMIN_TOKEN",
        "TACTFUL_GERRIT_READER_TOKEN",
        "TACTFUL_REQUIRE_ALL",
        "TACTFUL_GERRIT_LIB",
        "TACTFUL_SETS",
        "TACTFUL_LLAMA",
    }
)

Listed = Annotated[tuple[str, ...], NoDecode]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode]


class Settings(BaseSettings):
    """What an administrator decides. Units are in the names."""

    model_config = SettingsConfigDict(env_prefix="TACTFUL_", extra="forbid", frozen=True)

    data: Path = Field(Path("tactful-data"), description="folder for the database, keys and backups")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL URL; without it a SQLite file in the data folder"
    )
    base_url: str | None = Field(None, description="the address people use, e.g. https://tactful.example.org")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    secret_keys: SecretStr | None = Field(
        None, description="keys for text and tokens at rest, newest first, comma-separated"
    )

    admin_email: str = Field("admin@localhost", description="address of the first administrator")

    github_webhook_secret: SecretStr | None = Field(
        None, description="secret of the GitHub webhook; two, comma-separated, while it is being rotated"
    )
    github_server: str = Field("github.com", description="host name of GitHub or of a GitHub Enterprise Server")
    github_url: str | None = Field(
        None, description="base URL of that server, where it is another one than https:// and its host name"
    )
    github_app_id: int | None = Field(
        None, ge=1, description="number of a GitHub App that was registered by hand; with the next three"
    )
    github_app_key: Path | None = Field(None, description="file with that App's private key (PEM)")
    github_client_id: str | None = Field(None, description="that App's client id")
    github_client_secret: SecretStr | None = Field(None, description="that App's client secret")
    github_newcomers: Literal["installed", "anybody", "nobody"] = Field(
        "installed", description="who may come by signing in with GitHub: whoever works where the App is installed"
    )
    gerrit_ssh_key: Path | None = Field(
        None, description="private key for Gerrit's stream-events, instead of those that `tactful gerrit connect` makes"
    )

    smtp_url: SecretStr | None = Field(
        None, description="smtp://, smtp+starttls:// or smtps:// with user:password@host:port"
    )
    mail_sender: str | None = Field(None, description="address that e-mails come from")
    chat_url: SecretStr | None = Field(
        None, description="Apprise URL of the team's chat with {to} for the person (extra: chat)"
    )

    language_model_url: str | None = Field(
        None, description="OpenAI-compatible endpoint, e.g. http://127.0.0.1:8080/v1; used for people who agree to it"
    )
    language_model_name: str = Field("default", description="the model's name there")
    language_model_key: SecretStr | None = Field(None, description="its key, sent as a bearer token")
    language_model_timeout_seconds: float = Field(8, gt=0, le=120, description="how long one answer may take")
    language_model_calls_per_day: int = Field(
        200, ge=0, description="calls a day in this process; beyond it nobody is asked"
    )

    norms: Path | None = Field(None, description="the project's own norms file (TOML)")
    anonymous_check: Literal["loopback", "on", "off"] = Field(
        "loopback", description="who may use /v1/check without a token"
    )
    cors_origins: Listed = Field((), description="origins whose pages may call /v1, comma-separated")
    trusted_proxies: Listed = Field(
        (), description="addresses of reverse proxies whose X-Forwarded-* headers are believed"
    )
    metrics_networks: Networks = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")), description="networks that may read /metrics"
    )

    keep_text_days: int = Field(7, ge=1, le=365, description="days that comment text and wordings are kept")
    keep_scores_days: int = Field(
        90, ge=7, le=3650, description="days that scores and reasons tied to a person are kept"
    )
    draft_quiet_seconds: int = Field(
        60, ge=1, le=3600, description="seconds that a draft rests unchanged before it is judged"
    )
    workers: int = Field(
        2, ge=1, le=64, description="walks under way at once in this process; more make answers slower"
    )
    check_requests_per_minute: int = Field(120, ge=1, description="per client token or address")
    check_bytes_per_minute: int = Field(2_000_000, ge=1000, description="per client token or address")
    check_concurrency: int = Field(4, ge=1, description="requests under way at once, per client token or address")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="how much is logged")

    @field_validator("cors_origins", "trusted_proxies", "metrics_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("github_server")
    @classmethod
    def _lower_case(cls, value: str) -> str:
        return value.lower()  # as deliveries are compared with it

    @field_validator("language_model_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("base_url", "github_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else None

    @property
    def address(self) -> str:
        """Where people reach the service, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def github_secrets(self) -> tuple[str, ...]:
        return _parts(self.github_webhook_secret)

    @property
    def github_address(self) -> str:
        """Where people open that GitHub, without a trailing slash."""
        return self.github_url or f"https://{self.github_server}"

    @property
    def keys(self) -> tuple[str, ...]:
        return _parts(self.secret_keys)

    @property
    def sqlite_file(self) -> Path | None:
        """The database file of the embedded default; ``None`` on PostgreSQL."""
        return None if self.database_url else self.data / "tactful.db"

    @property
    def sqlalchemy_url(self) -> str:
        if self.database_url is None:
            return f"sqlite:///{self.data / 'tactful.db'}"
        scheme, _, rest = self.database_url.get_secret_value().partition("://")
        if scheme not in {"postgres", "postgresql", "postgresql+psycopg"} or not rest:
            raise ConfigurationError(
                "TACTFUL_DATABASE_URL must look like postgresql://user:password@host:5432/tactful. Leave it out for SQLite."
            )
        return f"postgresql+psycopg://{rest}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get("TACTFUL_CONFIG", "tactful.toml"))
        return (init_settings, env_settings, TomlSource(settings_cls, toml_file=file if file.is_file() else None))


def _parts(value: SecretStr | None) -> tuple[str, ...]:
    return tuple(p for p in (part.strip() for part in value.get_secret_value().split(",")) if p) if value else ()


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {f"TACTFUL_{name.upper()}" for name in Settings.model_fields} | OTHER_NAMES
    for name in sorted(environ):
        if name.startswith("TACTFUL_") and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise ConfigurationError(f"{name} is not a setting of Tactful.{hint} `tactful settings` lists them all.")


def load(**overrides: Any) -> Settings:
    """Settings from the environment and the file; ``overrides`` (from the command line) win.

    Raises ``ConfigurationError`` naming the setting, never showing its value (it may be a secret).
    """
    _refuse_unknown(os.environ)
    named = os.environ.get("TACTFUL_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigurationError(f"TACTFUL_CONFIG names {named}, which is not a file.")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise ConfigurationError(" ".join(_sentence(e["loc"], e["type"], e["msg"]) for e in error.errors())) from None
    except ValueError as error:  # tomllib: where and why, no values
        raise ConfigurationError(f"{named or 'tactful.toml'} could not be read: {error}.") from None


def _sentence(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(loc[0]) if loc else "a setting"
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(name, list(Settings.model_fields), n=1)
        return f"{name} is not a setting of Tactful.{f' Did you mean {close[0]}?' if close else ''}"
    return f"{name} (TACTFUL_{name.upper()}): {message}."
