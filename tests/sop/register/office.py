"""A small office for the register's tests: one official a role, two agencies, invented names."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from inventory.models import Acting, Agency, Contact, Device, Inventory, Office, Official, Website
from sop.register import Actor, CaseRecord, Letter, PlanRecord, Register

MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
"""09:00 at the office."""
PDF = b"%PDF-1.7\n% surat permohonan\n%%EOF\n"
CLI = Actor("helpdesk-1", "cli", "pts/3", "petugas", "")
FLOW = Actor(via="flow")
ROLES = ("kadis", "sekretaris", "kabid", "koordinator", "sub_koordinator", "helpdesk", "tim_teknis", "pelaksana")


class Clock:
    """A clock that stands still until told."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def calendar_day(self) -> date:
        """The date at the office."""
        return (self.now + timedelta(hours=7)).date()


def official(role: str, **fields: Any) -> Official:
    return Official.model_validate({"name": f"Pejabat {role.title()}", "role": role, **fields})


def an_inventory(**changes: Any) -> Inventory:
    device = {"opd": "dinkes", "address": "192.0.2.1", "platform": "frr", "credentials": "none"}
    fields: dict[str, Any] = {
        "folder": "",
        "office": Office(name="Dinkominfo", region="Kabupaten Contoh", address="Jalan Contoh 1", place="Contoh"),
        "opd": {
            "dinkes": Agency(name="Dinas Kesehatan", pic=(Contact(name="PIC Contoh", email="pic@dinkes.example"),)),
            "dinsos": Agency(name="Dinas Sosial"),
        },
        "officials": {
            **{f"{role}-1": official(role, email=f"{role}@office.example") for role in ROLES},
            "auditor-1": official("auditor"),
        },
        "devices": {
            "dinkes-r1": Device.model_validate(device),
            "dinkes-r2": Device.model_validate(device),
            "dinsos-r1": Device.model_validate({**device, "opd": "dinsos"}),
        },
        "websites": {
            "dinkes-web": Website(opd="dinkes", domain="dinkes.example.go.id", host="web-1", kind="static"),
            "dinsos-web": Website(opd="dinsos", domain="dinsos.example.go.id", host="web-1", kind="static"),
        },
    }
    return Inventory(**{**fields, **changes})


def acting(role: str, since: date, until: date, kind: str = "plt") -> Acting:
    return Acting.model_validate({"kind": kind, "for": role, "from": since, "until": until})


def network_case(register: Register, **fields: Any) -> CaseRecord:
    asked = {"about": "Jaringan lambat", "letter": Letter("surat.pdf", PDF), "actor": CLI, **fields}
    return register.open_case("jaringan", "dinkes", **asked)


def website_case(register: Register, **fields: Any) -> CaseRecord:
    asked = {"about": "Perbarui situs", "letter": Letter("surat.pdf", PDF), "website": "dinkes-web", "actor": CLI}
    return register.open_case("website", "dinkes", **{**asked, **fields})


def approved(register: Register, case: CaseRecord) -> CaseRecord:
    """The chain says YA until technical work begins."""
    while not case.step.work:
        case = register.act(case.id, case.position.turn[0], "YA", "setuju", actor=CLI)
    return case


def a_plan(target: str = "dinkes-r1", action: str = "repair", ladder: str = "B", **details: Any) -> bytes:
    fields = {"action": action, "target": target, "ladder": ladder, "changes": ["no shutdown"], "details": details}
    return json.dumps(fields, sort_keys=True).encode()


def propose(
    register: Register, case: CaseRecord, ladder: str = "B", proposer: str = "pelihara", **fields: Any
) -> PlanRecord:
    about = {"target": "dinkes-r1", "action": "repair", **fields}
    document = a_plan(ladder=ladder, **about)
    return register.propose(case.id, document, about["action"], about["target"], ladder, proposer)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
