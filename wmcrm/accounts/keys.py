"""Keys derived from the installation's secret key, one for each use: what is sealed for one opens for no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """What can be sealed, opened and marked with the secret key of this installation."""

    secret: str = field(repr=False)

    def seal(self, use: str, text: str) -> str:
        """``text`` encrypted and authenticated for one use."""
        return self._box(use).encrypt(text.encode()).decode()

    def open(self, use: str, sealed: str, *, within: timedelta | None = None) -> str | None:
        """What was sealed for this use; None when it is not ours, was sealed by another key or is too old."""
        try:
            opened = self._box(use).decrypt(sealed.encode(), ttl=int(within.total_seconds()) if within else None)
        except InvalidToken:
            return None
        return opened.decode()

    def mark(self, use: str, text: str) -> str:
        """A keyed hash of ``text`` in 64 characters: to find it again without keeping it."""
        return hmac.new(self._key(use), text.encode(), hashlib.sha256).hexdigest()

    def _box(self, use: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key(use)))

    def _key(self, use: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"wmcrm {use}".encode()).derive(self.secret.encode())
