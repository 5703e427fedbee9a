"""Which code this is, said without git: what writes to the ledger signs with it."""

from functools import cache
from importlib.metadata import version

from audit.sources import SHORT, digest_of, installed


@cache
def build_id() -> str:
    """The version of the package, and the first digits of the digest of its sources."""
    return f"{version('scene-lifecycle-engine')}+{digest_of(installed())[:SHORT]}"


@cache
def rules_digest() -> str:
    """SHA-256 over the source of models and rules: the code that a journal is folded with."""
    return digest_of(installed(), ("models", "rules"))
