"""Fixtures of the network: the running lab, an inventory folder that describes it, mail, an old SSH server."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from ruamel.yaml import YAML

from tests.lab import accounts, frr, lan, routeros
from tests.lab.core import Namespace, folder, manage, require
from tests.lab.world import FOLDER

WEB_FILES = ("hosts.yaml", "websites.yaml", "zones.yaml", "acme.yaml")
AGENCIES = {"dinkes": "Dinas Kesehatan", "disdik": "Dinas Pendidikan", "dishub": "Dinas Perhubungan"}
OFFICIALS = {
    "kadis": "kadis",
    "sekretaris": "sekretaris",
    "kabid-aptika": "kabid",
    "koordinator": "koordinator",
    "sub-koordinator": "sub_koordinator",
    "helpdesk": "helpdesk",
    "tim-teknis": "tim_teknis",
    "pelaksana": "pelaksana",
    "auditor": "auditor",
    "admin": "admin",
}
NEIGHBORS = {
    "r1": ["10.255.0.2", "10.255.0.3"],
    "r2": ["10.255.0.1", "10.255.0.3"],
    "r3": ["10.255.0.1", "10.255.0.2"],
}
"""OSPF router IDs."""


@dataclass(frozen=True)
class LabDevice:
    """How to reach a device by itself; the environment variable `variable` has the password too."""

    name: str
    address: str
    username: str
    password: str = field(repr=False)
    variable: str
    port: int = 22


@dataclass
class NetworkLab:
    """The running network: r1, r2, r3 (frr, OPD dinkes), mt1 (mikrotik_routeros, disdik), sw1, srv1 (linux, dishub)."""

    network: frr.Network
    routeros: routeros.RouterOs
    devices: dict[str, LabDevice]
    inventory_folder: Path
    known_hosts: Path
    """Every device's host key, enrolled."""

    def __getitem__(self, router: str) -> frr.Router:
        return self.network[router]

    @property
    def lan(self) -> lan.Lan:
        return self.network.lan

    def heal(self) -> None:
        self.network.heal()
        self.routeros.heal()


@dataclass
class Mailbox:
    """An SMTP server on loopback and what it took in."""

    host: str
    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """aiosmtpd's hook (aiosmtpd documentation, "Handlers")."""
        message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


@dataclass(frozen=True)
class LegacySshd:
    """OpenSSH that offers only what old IOS and RouterOS 6 know: SHA-1 key exchange, ssh-rsa, CBC."""

    address: str
    port: int
    username: str
    password: str = field(repr=False)
    host_key_line: str


@pytest.fixture(scope="session")
def network_lab() -> NetworkLab:
    """The network, converged. Ask for `healthy_network` to change anything in it."""
    lab = start()
    os.environ.update({device.variable: device.password for device in lab.devices.values()})
    return lab


@pytest.fixture
def healthy_network(network_lab: NetworkLab) -> Iterator[NetworkLab]:
    """The network to do anything to: whatever the test or the program did to it is undone afterwards."""
    yield network_lab
    network_lab.heal()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on loopback; `messages` are what arrived."""
    box = Mailbox("127.0.0.1", 8025)
    controller = Controller(box, hostname=box.host, port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def legacy_sshd() -> LegacySshd:
    """An SSH server with only legacy algorithms, at 10.99.0.60."""
    require("useradd")
    machine = Namespace.create("legacy")
    address, password = "10.99.0.60", accounts.new_password()
    manage(machine, address)
    accounts.user("lama", password=password)
    key = accounts.new_key("host-legacy", "rsa", 2048)
    settings = (
        "AllowUsers lama\nPasswordAuthentication yes\nHostKeyAlgorithms ssh-rsa\nMACs hmac-sha1\n"
        "KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1\nCiphers aes128-cbc,3des-cbc"
    )
    accounts.sshd(machine, address, settings, key)
    return LegacySshd(address, 22, "lama", password, accounts.host_key_line(address, key))


def start() -> NetworkLab:
    """Start routers and facade; write the inventory; enrol the keys."""
    network, box = frr.start(), routeros.start()
    devices = {
        name: LabDevice(name, router.address, frr.USER, router.password, "PELIHARA_LAB_FRR")
        for name, router in network.routers.items()
    }
    devices["mt1"] = LabDevice("mt1", box.address, routeros.USER, box.password, "PELIHARA_LAB_ROUTEROS")
    for linux in network.lan.devices:
        devices[linux.name] = LabDevice(linux.name, linux.address, lan.USER, linux.password, "PELIHARA_LAB_LINUX")
    return NetworkLab(network, box, devices, write_inventory(folder("inventory"), devices), enrol(network, box))


def enrol(network: frr.Network, box: routeros.RouterOs) -> Path:
    """A known_hosts file with the devices' keys, taken from their files, not over the network."""
    keys = {one.address: one.host_key for one in network.routers.values()}
    keys |= {one.address: one.host_key for one in network.lan.devices} | {box.address: box.host_key}
    path = FOLDER / "known_hosts"
    path.write_text("".join(accounts.host_key_line(address, key) for address, key in keys.items()))
    return path


def write_inventory(target: Path, devices: dict[str, LabDevice]) -> Path:
    """The office's inventory of the lab: YAML files as an office writes them. Returns `target`."""
    files: dict[str, Any] = {
        "office.yaml": _office(),
        "opd.yaml": {
            slug: {"name": name, "pic": [{"name": "PIC Contoh", "email": f"pic@{slug}.example.go.id"}]}
            for slug, name in AGENCIES.items()
        },
        "officials.yaml": {slug: _official(slug, role) for slug, role in OFFICIALS.items()},
        "devices.yaml": {name: _device(device) for name, device in devices.items()},
        "credentials.yaml": {
            "frr": {"username": frr.USER, "password": "env:PELIHARA_LAB_FRR"},
            "routeros": {"username": routeros.USER, "password": "env:PELIHARA_LAB_ROUTEROS"},
            "linux": {"username": lan.USER, "password": "env:PELIHARA_LAB_LINUX"},
        },
    }
    for name, entries in files.items():
        _write(target / name, entries)
    return target


def merge_inventories(target: Path, network: Path, web: Path) -> Path:
    """One folder of two: the network's, with the web host's files and credentials beside. Returns `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for source in (*web.iterdir(), *(file for file in network.iterdir() if file.name not in WEB_FILES)):
        shutil.copy(source, target)
    yaml = YAML(typ="safe")
    for name in ("credentials.yaml", "opd.yaml"):
        ours, theirs = yaml.load(network / name), yaml.load(web / name)
        _write(target / name, {**theirs, **ours})
    return target


def _write(path: Path, entries: object) -> None:
    """JSON is YAML, without the anchors that an inventory may not have."""
    path.write_text(json.dumps(entries, indent=1))


def _office() -> dict[str, Any]:
    day = {"start": "07:30", "end": "16:00"}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {
        "name": "Dinas Komunikasi dan Informatika",
        "region": "Pemerintah Kabupaten Contoh",
        "address": "Jalan Contoh Nomor 1",
        "place": "Contoh",
        "hours": dict.fromkeys(days, day),
        "mail": {"host": "127.0.0.1", "port": 8025, "sender": "pelihara@example.go.id"},
    }


def _official(slug: str, role: str) -> dict[str, str]:
    title = slug.replace("-", " ").title()
    return {"name": f"Pejabat Contoh {title}", "role": role, "title": title, "email": f"{slug}@example.go.id"}


LINUX: dict[str, dict[str, Any]] = {
    "sw1": {
        "role": "switch",
        "uplinks": ["p1"],
        "expect": {"gateway": "10.2.0.1", "interfaces": {"br0": "up", "p1": "up", "p2": "up"}, "dhcp": [lan.SERVER]},
    },
    "srv1": {"role": "server", "uplinks": ["eth0"], "expect": {"gateway": "10.2.0.1", "interfaces": {"eth0": "up"}}},
}


def _device(device: LabDevice) -> dict[str, Any]:
    if device.name in LINUX:
        how = {"opd": "dishub", "platform": "linux", "credentials": "linux", **LINUX[device.name]}
        how["expect"]["dns"] = [lan.SERVER]
        return {**how, "address": device.address, "port": device.port}
    if device.name == "mt1":
        expect: dict[str, Any] = {"gateway": "10.8.0.10", "interfaces": {"ether1": "up", "ether2": "up"}}
        how = {"opd": "disdik", "platform": "mikrotik_routeros", "credentials": "routeros", "uplinks": ["ether1"]}
    else:
        expect = {"neighbors": NEIGHBORS[device.name], "interfaces": dict.fromkeys(("eth1", "eth2", "eth3"), "up")}
        if device.name == "r1":
            expect["gateway"] = "203.0.113.1"
        how = {"opd": "dinkes", "platform": "frr", "credentials": "frr", "uplinks": ["mgmt0"]}
    return {**how, "address": device.address, "port": device.port, "role": "router", "expect": expect}
