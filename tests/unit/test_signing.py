"""The installation's signature."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from onewindow.storage.signing import InstallationSigner


def test_a_signature_verifies_with_the_published_key_alone():
    signer = InstallationSigner(b"a" * 32)
    key_id, signature = signer.sign(b"licence")
    Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signature, b"licence")
    assert key_id == signer.key_id


def test_another_payload_another_key_and_another_installation_do_not_verify():
    signer = InstallationSigner(b"a" * 32)
    key_id, signature = signer.sign(b"licence")
    assert signer.verifies(b"licence", signature, key_id)
    assert not signer.verifies(b"licence!", signature, key_id)
    assert not signer.verifies(b"licence", signature, "other")
    assert not InstallationSigner(b"b" * 32).verifies(b"licence", signature, key_id)
