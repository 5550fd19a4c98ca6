"""The certificate authority's side: account, order, challenges (RFC 8555), with the acme library."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import josepy.errors
import requests
from acme import challenges, client, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from josepy.jwk import JWKRSA

from inventory.models import Acme
from playbooks.findings import Reason, TargetError

ISSUE_S = 90
CALL_S = 20
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True)
class Proof:
    """What is to be shown at the domain: `text` under the name `token` (http-01), or as a TXT record (dns-01)."""

    token: str
    text: str


Publish = Callable[[Sequence[Proof]], None]
"""Show all proofs of an order at once."""
_CHALLENGES: dict[str, type[challenges.KeyAuthorizationChallenge]] = {
    "http-01": challenges.HTTP01,
    "dns-01": challenges.DNS01,
}


def issue(
    acme: Acme, ca: Path | None, account_key: Path, domain: str, csr: str, challenge: str, publish: Publish
) -> str:
    """Certificate chain (PEM) for a signing request of `domain` and, if it asks for that, its wildcard.

    `ca`: PEM of the authority's own HTTPS, when not a public one. `challenge`: http-01 or dns-01.
    Raises TargetError with the authority's own words when it refuses or does not answer.
    """
    try:
        authority = _account(acme, ca, account_key)
        order = authority.new_order(csr.encode())
        pending = [each for each in order.authorizations if each.body.status != messages.STATUS_VALID]
        _answer(authority, [_offered(each, domain, _CHALLENGES[challenge]) for each in pending], publish)
        return str(authority.poll_and_finalize(order, _deadline()).fullchain_pem)
    except (
        errors.Error,
        messages.Error,
        josepy.errors.Error,
        requests.RequestException,
        ValueError,
        KeyError,
    ) as error:
        raise TargetError(domain, Reason.ERROR, f"penerbit sertifikat: {_words(error)}") from None


def _deadline() -> datetime:
    # The library compares with datetime.now(), naive and local.
    return datetime.now(UTC).astimezone().replace(tzinfo=None) + timedelta(seconds=ISSUE_S)


def _account(acme: Acme, ca: Path | None, account_key: Path) -> Any:
    # requests takes the path of a PEM file here, whatever the library's annotation says.
    verify: Any = str(ca) if ca else True
    network = client.ClientNetwork(_key(account_key), verify_ssl=verify, user_agent="pelihara", timeout=CALL_S)
    authority = client.ClientV2(client.ClientV2.get_directory(acme.directory, network), network)
    registration = messages.NewRegistration.from_data(email=acme.contact, terms_of_service_agreed=True)
    try:
        authority.new_account(registration)
    except errors.ConflictError as known:
        network.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())
    return authority


def _key(path: Path) -> Any:
    """The account's key, made on first use; never readable by others, never half written."""
    if not path.exists():
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        new.rename(path)
    return JWKRSA.load(path.read_bytes())


def _offered(authorization: Any, domain: str, kind: type[challenges.KeyAuthorizationChallenge]) -> Any:
    """The challenge of the wanted kind. Raises ValueError."""
    offered = [each for each in authorization.body.challenges if isinstance(each.chall, kind)]
    if not offered or authorization.body.identifier.value != domain:
        raise ValueError(f"no {kind.typ} challenge for {domain}")
    return offered[0]


def _answer(authority: Any, offered: Sequence[Any], publish: Publish) -> None:
    key = authority.net.key
    proofs = [Proof(each.chall.encode("token"), each.chall.validation(key)) for each in offered]
    if not all(_TOKEN.fullmatch(proof.token) for proof in proofs):
        raise ValueError("challenge token is not base64url")
    if proofs:
        publish(proofs)
    for each in offered:
        authority.answer_challenge(each, each.response(key))


def _words(error: Exception) -> str:
    if isinstance(error, errors.ValidationError):
        failed = [each.error for authz in error.failed_authzrs for each in authz.body.challenges if each.error]
        return "; ".join(str(each.detail) for each in failed)[:400]
    return f"{type(error).__name__}: {error}"[:400]
