"""A passkey without a browser: makes and uses one as a phone would, finger and all."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


class Passkey:
    def __init__(self, host: str = "testserver", *, verifies: bool = True) -> None:
        self.host = host
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(str(self.key.private_numbers().private_value).encode()).digest()
        self.user_handle = b""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to ``creation_options``."""
        self.user_handle = _bytes(options["publicKey"]["user"]["id"])
        client = self._client_data("webauthn.create", options)
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(self._rp_hash(), self.flags | WITH_KEY, 0, credential)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to ``request_options``."""
        client = self._client_data("webauthn.get", options)
        data = AuthenticatorData.create(self._rp_hash(), self.flags, 0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.user_handle),
        }
        return self._answer(response) | {"clientExtensionResults": {}}

    def _rp_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = _bytes(options["publicKey"]["challenge"])
        return CollectedClientData.create(type=kind, challenge=challenge, origin=f"https://{self.host}")

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        written = websafe_encode(self.id)
        return {"id": written, "rawId": written, "type": "public-key", "response": response}


def _bytes(value: bytes | str) -> bytes:
    return websafe_decode(value) if isinstance(value, str) else value
