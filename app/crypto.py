"""Keys: text and tokens at rest, and digests by which a text is known without being kept.

Sealing is Fernet (AES-128-CBC with HMAC-SHA-256, https://github.com/fernet/spec) with several keys, newest first. Digests are
HMAC-SHA-256 under a key of their own that is made once and kept sealed in the database, so that rotating the sealing
keys changes no digest, and every replica has the same.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain import ConfigurationError


def new_key() -> str:
    return Fernet.generate_key().decode()


def hash_token(token: str) -> str:
    """How random tokens (≥ 128 bits) are stored: a plain hash suffices, there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def check_private_key(pem: str) -> None:
    """Raises ``ConfigurationError`` for what is no private key."""
    try:
        load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError(
            "The private key of the GitHub App cannot be used. It is the PEM file that the App's settings on GitHub make."
        ) from None


class Vault:
    """Seals, opens and digests with the keys it was given; the digest key is set once the database is there."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise ConfigurationError("There is no key to keep text under. Set TACTFUL_SECRET_KEYS or a data folder.")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigurationError(
                "TACTFUL_SECRET_KEYS holds a key that cannot be used. `tactful keys new` makes one; "
                "several are separated by commas."
            ) from None
        self._digest_key = b""

    def use_digest_key(self, sealed: str) -> None:
        self._digest_key = self.open(sealed).encode()

    def seal(self, text: str, at: datetime | None = None) -> str:
        """Ciphertext. It carries the second it was made in, for all to see, or that of ``at`` where that would tell too much."""
        plain = text.encode("utf-8", "surrogatepass")
        sealed = self._fernet.encrypt(plain) if at is None else self._fernet.encrypt_at_time(plain, int(at.timestamp()))
        return sealed.decode()

    def open(self, sealed: str) -> str:
        """Raises ``ConfigurationError`` when none of the keys fits."""
        try:
            return self._fernet.decrypt(sealed).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise ConfigurationError(
                "Something in the database was kept under a key that is not here. Nothing is lost: put the earlier key "
                "back, after the newer one, in TACTFUL_SECRET_KEYS or in the key file of the data folder."
            ) from None

    def reseal(self, sealed: str) -> str:
        """The same under the newest key."""
        return self._fernet.rotate(sealed).decode()

    def digest(self, text: str) -> str:
        assert self._digest_key, "the digest key is read when the database is opened"
        return hmac.new(self._digest_key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def sign(self, purpose: str, value: str) -> str:
        """``value`` with a proof that we wrote it for ``purpose``: for links that need no sign-in."""
        return f"{value}.{self.digest(f'{purpose}:{value}')}"

    def signed(self, purpose: str, token: str) -> str | None:
        """The value of a token of ours; ``None`` for anything else."""
        value, _, proof = token.rpartition(".")
        return value if hmac.compare_digest(proof.encode(), self.digest(f"{purpose}:{value}").encode()) else None


def key_file(data: Path) -> Path:
    return data / "secret.keys"


def load_keys(configured: tuple[str, ...], data: Path) -> tuple[str, ...]:
    """The configured keys; on the embedded default those of the data folder, made there (mode 600) the first time."""
    if configured:
        return configured
    file = key_file(data)
    if not file.exists():
        write_keys(data, (new_key(),))
    return tuple(line.strip() for line in file.read_text().splitlines() if line.strip())


def write_keys(data: Path, keys: tuple[str, ...]) -> None:
    """Replaces the key file in one step, so that a crash leaves either the old keys or the new ones."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = key_file(data).with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write("\n".join(keys) + "\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(key_file(data))
