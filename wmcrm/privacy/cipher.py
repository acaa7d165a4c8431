"""Sealed values: AES-256-GCM-SIV records that fit one table, column, row and person only. Pure."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from wmcrm.errors import DatabaseStateError, NotAllowedError

VERSION = 1
KEY_LENGTH = 32
KEY_ID_LENGTH = 8
NONCE_LENGTH = 12
HEADER_LENGTH = 1 + KEY_ID_LENGTH + NONCE_LENGTH


def new_data_key() -> tuple[bytes, str]:
    """A key of one person's own, and its id (16 hexadecimal digits, says nothing about the key)."""
    return secrets.token_bytes(KEY_LENGTH), secrets.token_hex(KEY_ID_LENGTH)


def associated_data(table: str, column: str, row_id: int, person_id: int) -> bytes:
    """What a record is bound to: moved anywhere else it does not open."""
    return f"{table}\0{column}\0{row_id}\0{person_id}".encode()


def seal_value(key: bytes, key_id: str, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt: version (1 byte), key id (8), nonce (12), ciphertext with its tag."""
    nonce = secrets.token_bytes(NONCE_LENGTH)
    header = bytes([VERSION]) + bytes.fromhex(key_id)
    return header + nonce + AESGCMSIV(key).encrypt(nonce, plain, header + bound_to)


def open_value(key: bytes, record: bytes, bound_to: bytes) -> bytes:
    """Decrypt; raises NotAllowedError for another key or place, DatabaseStateError for what is no record."""
    if len(record) <= HEADER_LENGTH or record[0] != VERSION:
        raise DatabaseStateError("A sealed record is damaged or of a later version; restore a backup.")
    header, nonce = record[: 1 + KEY_ID_LENGTH], record[1 + KEY_ID_LENGTH : HEADER_LENGTH]
    try:
        return AESGCMSIV(key).decrypt(nonce, record[HEADER_LENGTH:], header + bound_to)
    except InvalidTag as error:
        raise NotAllowedError("A sealed record does not open with this key, or it was moved.") from error


def key_id_of(record: bytes) -> str:
    """The id of the key a record was sealed with."""
    return record[1 : 1 + KEY_ID_LENGTH].hex()
