"""Who may use the page: a file of names and argon2 hashes, throttled log-ins, sessions in memory."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from rag.errors import SettingsError

DAYS = 7  #: a session lasts
#: Attempts a minute: at one name from one address, at one name from anywhere, at any name from one address.
_FOR_BOTH, _FOR_NAME, _FOR_ADDRESS = parse("5/minute"), parse("20/minute"), parse("20/minute")


class Users:
    """The users of a file: one ``name:hash`` a line, ``#`` begins a comment. SettingsError for a bad file."""

    def __init__(self, path: Path) -> None:
        self._hasher = PasswordHasher()
        self._hashes = _read(path)
        self._nobody = self._hasher.hash(secrets.token_hex())  # unknown names take as long as known ones
        self._throttle = MovingWindowRateLimiter(MemoryStorage())
        self._sessions: dict[str, tuple[str, float]] = {}

    def log_in(self, name: str, password: str, address: str) -> str | None:
        """A session's token, or None when name or password are wrong. Raises Throttled after several attempts."""
        throttle = self._throttle
        limits = ((_FOR_BOTH, ("both", name, address)), (_FOR_NAME, ("name", name)), (_FOR_ADDRESS, ("address", address)))
        if not all(throttle.hit(rate, *whose) for rate, whose in limits):
            raise Throttled
        try:
            self._hasher.verify(self._hashes.get(name, self._nobody), password)
        except (VerificationError, InvalidHashError):
            return None
        self._forget_expired()
        token = secrets.token_urlsafe(32)
        self._sessions[token] = (name, time.time() + DAYS * 86400)
        return token

    def log_out(self, token: str) -> None:
        """End a session."""
        self._sessions.pop(token, None)

    def of(self, token: str) -> str | None:
        """Whose session it is; None for one that is over or never was."""
        name, until = self._sessions.get(token, ("", 0.0))
        return name if until > time.time() else None

    def _forget_expired(self) -> None:
        now = time.time()
        for token in [token for token, (_, until) in self._sessions.items() if until <= now]:
            self._sessions.pop(token, None)


class Throttled(Exception):
    """Too many attempts to log in."""


def add_user(path: Path, name: str, password: str) -> None:
    """Add a user to the file, or change the password. The file is readable by its owner only."""
    if not name or not name.isprintable() or any(char in name for char in ":# "):
        raise SettingsError(f"{name!r} cannot be a user's name; leave out spaces, ':' and '#'")
    if len(password) < 8:
        raise SettingsError("a password needs 8 characters or more; choose a longer one")
    hashes = _read(path) if path.exists() else {}
    hashes[name] = PasswordHasher().hash(password)
    text = "".join(f"{user}:{hashed}\n" for user, hashed in hashes.items())
    part = path.with_name(path.name + ".part")
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SettingsError(f"the users file {path} cannot be read ({error}); see TEMOIN_USERS") from error
    hashes = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, hashed = line.strip().partition(":")
        if not name or not hashed.startswith("$argon2"):
            raise SettingsError(f"{path}, line {number}: not name:hash; add users with python app.py --add-user NAME")
        hashes[name] = hashed
    return hashes
