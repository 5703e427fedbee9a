import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signing import KeyFile, NoKey, fingerprint, verify

# RFC 8032, section 7.1, test 2.
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    made = KeyFile(tmp_path / "deep" / "audit-key.pem")
    made.make()
    return made


def test_a_signature_of_the_rfc_is_accepted_and_no_other() -> None:
    assert verify(PUBLIC, b"\x72", SIGNATURE)
    assert not verify(PUBLIC, b"\x73", SIGNATURE)
    assert not verify(PUBLIC, b"\x72", SIGNATURE[:-1] + b"\x01")
    assert not verify(PUBLIC, b"\x72", b"")
    assert not verify(b"short", b"\x72", SIGNATURE)


def test_a_new_key_is_for_its_owner_only_and_signs(key: KeyFile) -> None:
    assert stat.S_IMODE(key.file.stat().st_mode) == 0o600
    assert verify(key.public(), b"text", key.sign(b"text"))
    assert key.fingerprint() == fingerprint(key.public())
    assert len(key.fingerprint()) == 64


def test_a_key_is_never_written_over(key: KeyFile) -> None:
    before = key.file.read_bytes()
    with pytest.raises(FileExistsError):
        key.make()
    assert key.file.read_bytes() == before


def test_a_file_that_holds_no_key_of_ours_is_named(tmp_path: Path) -> None:
    file = tmp_path / "audit-key.pem"
    with pytest.raises(NoKey, match="is not there"):
        KeyFile(file).sign(b"text")
    file.write_text("hello")
    with pytest.raises(NoKey, match="no unencrypted private key"):
        KeyFile(file).sign(b"text")
    other = generate_private_key(SECP256R1())
    file.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(NoKey, match="not an Ed25519 key"):
        KeyFile(file).public()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_what_we_sign(key: KeyFile, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(key.public_pem())
    (tmp_path / "text").write_bytes(b"a checkpoint")
    (tmp_path / "signature").write_bytes(key.sign(b"a checkpoint"))
    check = ["-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "signature"]
    typed = ["openssl", "pkeyutl", *check]
    assert subprocess.run(typed, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_bytes(b"another text")
    assert subprocess.run(typed, cwd=tmp_path, capture_output=True, check=False).returncode != 0
