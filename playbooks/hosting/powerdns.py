"""A zone at PowerDNS's HTTP API (v1). The API has no prerequisites: what is held is compared just before the change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from inventory.credentials import token
from inventory.models import Inventory
from playbooks.findings import Reason, TargetError
from playbooks.hosting.nameservers import Nameserver
from playbooks.hosting.records import Key, Records, RecordSet, owned, parsed

CALL_S = 15
LARGEST = 64_000_000
"""Bytes of an answer: a zone of some hundred thousand names."""


@dataclass(frozen=True)
class PowerDns:
    """`api`: http(s)://address:port; `token` is its X-API-Key."""

    server: Nameserver
    api: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, inventory: Inventory, name: str, server: Nameserver) -> PowerDns:
        """Raises CredentialError."""
        zone = inventory.zones[name]
        return cls(server, zone.api, token(inventory, zone.credentials))

    def change(self, before: Records, after: Records) -> None:
        held = owned(self.export(), before)
        if {key: each.values for key, each in held.items()} != {key: each.values for key, each in before.items()}:
            raise self.server.changed()
        self.put({key: each for key, each in after.items() if before[key] != each})

    def put(self, after: Records) -> None:
        # In this order: a set that comes may not stand beside one that goes.
        ordered = sorted(after.items(), key=lambda each: bool(each[1].values))
        if ordered:
            self._call("PATCH", {"rrsets": [_as_rrset(key, held) for key, held in ordered]})

    def export(self) -> dict[Key, RecordSet]:
        answer = self._call("GET").json()
        with self._understood():
            return dict(_set(each) for each in answer["rrsets"])

    def _call(self, method: str, body: dict[str, Any] | None = None) -> requests.Response:
        url = f"{self.api}/api/v1/servers/localhost/zones/{self.server.zone}."
        with self._understood():
            answer = requests.request(
                method,
                url,
                json=body,
                headers={"X-API-Key": self.token},
                timeout=CALL_S,
                allow_redirects=False,
                stream=True,
            )
            answer._content = answer.raw.read(LARGEST, decode_content=True)
        if answer.status_code in (401, 403):
            raise TargetError(self.server.zone, Reason.LOGIN_REFUSED, f"{self.api} menolak kunci API")
        if not answer.ok or answer.is_redirect:
            raise TargetError(
                self.server.zone, Reason.ERROR, f"{self.api} menjawab {answer.status_code}: {_said(answer)}"
            )
        return answer

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except requests.Timeout:
            raise TargetError(self.server.zone, Reason.TIMEOUT, f"{self.api} tidak menjawab") from None
        except requests.ConnectionError:
            raise TargetError(self.server.zone, Reason.UNREACHABLE, f"{self.api} tidak terjangkau") from None
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            why = f"jawaban {self.api} tidak terbaca ({type(error).__name__})"
            raise TargetError(self.server.zone, Reason.REFUSED_OUTPUT, why) from None


def _as_rrset(key: Key, held: RecordSet) -> dict[str, Any]:
    about = {"name": f"{key.name}.", "type": key.type}
    if not held.values:
        return {**about, "changetype": "DELETE"}
    records = [{"content": value, "disabled": False} for value in held.values]
    return {**about, "changetype": "REPLACE", "ttl": held.ttl, "records": records}


def _set(rrset: dict[str, Any]) -> tuple[Key, RecordSet]:
    """Disabled records are not served, so they are not there."""
    kind = str(rrset["type"])
    values = [str(each["content"]) for each in rrset["records"] if not each["disabled"]]
    name = str(rrset["name"]).rstrip(".").lower()
    return Key(name, kind), RecordSet(int(rrset["ttl"]), tuple(sorted(parsed(kind, value) for value in values)))


def _said(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"])[:200]
    except (ValueError, KeyError, TypeError):
        return ""
