"""Ed25519 (RFC 8032): the office's key file, and the check that anybody can make with the public key.

A key is known by its fingerprint, the SHA-256 of the raw public key. The office tells it to its auditors by another way
than the files that it signs.
"""

import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class NoKey(Exception):
    """There is no key file, or what is in it is no Ed25519 key; nothing can be signed."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file
        self.problem = problem


class Key:
    """A private key in memory: what it signs and the public half that is given away with it are of one key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def public(self) -> bytes:
        """The raw public key."""
        return self._private.public_key().public_bytes_raw()

    def public_pem(self) -> str:
        """For openssl."""
        return self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def fingerprint(self) -> str:
        return fingerprint(self.public())

    def sign(self, content: bytes) -> bytes:
        return self._private.sign(content)


class KeyFile:
    """A private key as PEM (PKCS 8), read when it is needed: one that was just made is used at once."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def exists(self) -> bool:
        return self.file.exists()

    def make(self) -> None:
        """A new key, for its owner only to read. Raises FileExistsError: a key is never written over; and OSError."""
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    def public(self) -> bytes:
        """The raw public key. Raises NoKey."""
        return self.read().public()

    def public_pem(self) -> str:
        """For openssl. Raises NoKey."""
        return self.read().public_pem()

    def fingerprint(self) -> str:
        """Raises NoKey."""
        return self.read().fingerprint()

    def sign(self, content: bytes) -> bytes:
        """Raises NoKey."""
        return self.read().sign(content)

    def read(self) -> Key:
        """Raises NoKey."""
        try:
            key = load_pem_private_key(self.file.read_bytes(), password=None)
        except FileNotFoundError:
            raise NoKey(self.file, "is not there") from None
        except OSError as error:
            raise NoKey(self.file, f"cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise NoKey(self.file, "holds no unencrypted private key in PEM") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise NoKey(self.file, "is not an Ed25519 key")
        return Key(key)


def raw_of(pem: bytes) -> bytes:
    """The raw public key in a PEM file that holds nothing else: of two keys each reader would take another. Raises
    ValueError."""
    if (count := pem.count(b"-----BEGIN ")) != 1:
        raise ValueError(f"it holds {count} keys, not one")
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("it is not an Ed25519 key")
    return key.public_bytes_raw()


def fingerprint(public: bytes) -> str:
    return sha256(public).hexdigest()


def verify(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the key whose raw public half is `public` signed `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
