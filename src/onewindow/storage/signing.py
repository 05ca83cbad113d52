"""The installation's signature on what it issues: Ed25519 (RFC 8032), its key derived from the installation's secret.

Nothing more has to be kept or backed up than the secret; the public key is published, so that a licence can be verified
without the network.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PURPOSE = b"sign issued documents:1"


class InstallationSigner:
    """Signs and verifies with the installation's one key; `key_id` is the beginning of the public key's SHA-256."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, _PURPOSE, sha256))
        self.public_key = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.key_id = sha256(self.public_key).hexdigest()[:16]

    def sign(self, payload: bytes) -> tuple[str, bytes]:
        """The key's id and the 64 bytes of the signature."""
        return self.key_id, self._key.sign(payload)

    def verifies(self, payload: bytes, signature: bytes, key_id: str) -> bool:
        """True when this installation signed exactly these bytes."""
        if key_id != self.key_id:
            return False
        try:
            self._key.public_key().verify(signature, payload)
        except InvalidSignature:
            return False
        return True
