"""Class C: what a technician does by hand, with the commands of the platform."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from playbooks.findings import CODES, Finding, Severity
from playbooks.network import platforms
from playbooks.network.runbook import RUNBOOKS, commands, runbook

NETWORK = """
    link.down link.admin_down link.errors link.flapping link.duplex optic.low_power ospf.neighbor_lost
    ospf.area_mismatch ospf.mtu_mismatch ospf.timer_mismatch bgp.peer_down route.default_missing gateway.unreachable
    path.loss dhcp.pool_exhausted dhcp.rogue_server dns.not_answering ip.conflict loop.detected stp.blocked_uplink
    cpu.high memory.high storage.low environment.alarm config.unsaved config.changed config.lost firmware.eol
    clock.unsynchronised device.rebooted errdisabled.port pppoe.down vpn.down wifi.clients_none uplink.saturated
""".split()


def found(code: str, subject: str = "Gi0/3") -> Finding:
    return Finding(code, Severity.MAJOR, subject, "", "")


@pytest.mark.parametrize("code", NETWORK)
def test_every_network_code_has_a_runbook_with_proof_and_way_back(code: str) -> None:
    for platform in platforms.ALL:
        lines = runbook(found(code), "dinkes-sw1", platform)
        assert len(lines) >= 5
        assert [line.partition(".")[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
        assert "`pelihara network backup dinkes-sw1`" in lines[0]
        assert any(" Bukti: " in line for line in lines)
        assert " Bila gagal: " in lines[-1]
        assert not any(re.search(r"\{(?:subjek|perangkat)\}|\[[a-z_]+\]", line) for line in lines)


def test_a_code_of_websites_has_none_here() -> None:
    assert set(NETWORK) < CODES
    assert runbook(found("tls.expired"), "dinkes-sw1", "frr") == ()


def test_the_commands_are_the_platforms_own() -> None:
    ios, junos = (runbook(found("link.admin_down"), "sw", name) for name in ("cisco_ios", "juniper_junos"))
    assert any("`interface Gi0/3`, lalu `no shutdown`" in line for line in ios)
    assert any("`delete interfaces Gi0/3 disable`, lalu `commit confirmed 3`" in line for line in junos)
    assert any("Nyalakan port." in line for line in runbook(found("link.admin_down"), "sw", "tak_dikenal"))


def test_one_platform_takes_the_others_commands_but_for_its_own() -> None:
    assert commands("arista_eos")["bgp"] == commands("cisco_ios")["bgp"]
    assert commands("arista_eos")["port_sebab"] == ("show interfaces status errdisabled",)
    assert "pppoe" not in {word for word, typed in commands("arista_eos").items() if typed}


@pytest.mark.parametrize("name", ["Gi0/3; reload", "x\nreload", "`reload`", "{perangkat}", "[simpan]"])
def test_a_name_that_a_device_told_never_becomes_a_command(name: str) -> None:
    for line in runbook(found("link.admin_down", name), "sw", "cisco_ios"):
        typed = line.split("`")[1::2] if "`" not in name else []
        assert not any(name in command or "reload" in command for command in typed)


def test_every_platform_has_commands_and_none_is_for_a_platform_unknown() -> None:
    book = YAML(typ="safe").load(RUNBOOKS)
    assert set(book["perintah"]) == {platform.name for platform in platforms.ALL.values()}
    assert commands("cisco_xe") == commands("cisco_ios")


def test_every_command_that_a_step_asks_for_is_some_platforms() -> None:
    book = YAML(typ="safe").load(RUNBOOKS)
    known = {word for platform in book["perintah"] for word in commands(platform)}
    pages = book["gangguan"].values()
    asked = {word for page in pages for step in [*page["langkah"], page["bukti"], page["mundur"]]
             for word in re.findall(r"\[([a-z_]+)\]", step)}  # fmt: skip
    assert asked <= known
    assert known - {"seperti"} <= asked
