"""The lab proves itself: real protocols converge, faults show, healing heals, logins are those of the inventory."""

import re
import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage

import paramiko
import pytest

from inventory.load import load_inventory
from tests.lab.core import until
from tests.lab.frr import Network
from tests.lab.network import LegacySshd, Mailbox, NetworkLab
from tests.lab.web import WebLab

pytestmark = pytest.mark.lab

Fault = Callable[[Network], object]
WHO = {"mt1": "/export", "sw1": "cat /etc/hostname", "srv1": "cat /etc/hostname"}
"""A command that says a device's name, where it is not an FRR router."""


def test_the_network_converges_by_ospf_and_bgp(network_lab: NetworkLab) -> None:
    assert network_lab.network.converged()
    assert "B>* 10.3.0.0/24" in network_lab["r1"].show("show ip route")


def test_every_device_lets_in_its_user_over_ssh_and_has_the_enrolled_key(network_lab: NetworkLab) -> None:
    for device in network_lab.devices.values():
        client = paramiko.SSHClient()
        client.load_host_keys(str(network_lab.known_hosts))
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(device.address, device.port, device.username, device.password, look_for_keys=False)
        _, out, _ = client.exec_command(WHO.get(device.name, "show running-config"))
        assert {"mt1": "OPD-CONTOH"}.get(device.name, device.name) in out.read().decode()
        client.close()


def test_the_inventory_of_the_lab_is_one_an_office_could_write(network_lab: NetworkLab) -> None:
    inventory = load_inventory(network_lab.inventory_folder)
    assert {name: device.address for name, device in inventory.devices.items()} == {
        name: device.address for name, device in network_lab.devices.items()
    }


# The other faults are shown where the program names them: tests/playbooks/network.
OSPF_FAULTS: dict[str, Fault] = {
    "area mismatch": lambda network: network["r1"].ospf_area(),
    "mtu mismatch": lambda network: network["r1"].mtu(),
    "cable pulled": lambda network: network.pull_cable("r1", "eth1"),
    "filter drops OSPF": lambda network: network["r1"].drop_ospf(),
}


@pytest.mark.parametrize("fault", OSPF_FAULTS.values(), ids=OSPF_FAULTS)
def test_a_fault_of_ospf_costs_a_neighbour_and_healing_brings_it_back(
    healthy_network: NetworkLab, fault: Fault
) -> None:
    fault(healthy_network.network)
    until(lambda: healthy_network["r1"].full_neighbors() < 2, "a neighbour is lost")
    healthy_network.heal()
    assert healthy_network.network.converged()


def test_a_shut_peer_and_a_lost_default_route_show_and_heal_together(healthy_network: NetworkLab) -> None:
    healthy_network["r1"].bgp_shutdown()
    healthy_network["r1"].no_default()
    peer = "show bgp neighbors 10.1.13.2"
    until(lambda: "Established" not in healthy_network["r1"].show(peer), "the session ends")
    until(lambda: not healthy_network["r1"].machine.pings("203.0.113.129"), "the way out is lost")


def test_what_is_not_saved_is_lost_by_a_reboot_and_what_is_saved_stays(healthy_network: NetworkLab) -> None:
    router = healthy_network["r2"]
    router.unsaved()
    router.reboot()
    assert "belum disimpan" not in router.running
    router.unsaved()
    router.save()
    router.reboot()
    assert "belum disimpan" in router.running


def test_the_routeros_facade_changes_the_kernel_and_its_schedule_changes_it_back(healthy_network: NetworkLab) -> None:
    box = healthy_network.routeros
    say = _routeros_console(healthy_network)
    say('/system scheduler add name=balik interval=2s on-event="/interface enable ether2"')
    say("/interface disable ether2")
    assert not box.pc.pings("10.8.0.1")
    until(lambda: box.pc.pings("10.8.0.1"), "the schedule runs", 6)
    assert "balik" not in say("/export")


def test_the_routeros_facade_refuses_what_it_does_not_know(network_lab: NetworkLab) -> None:
    say = _routeros_console(network_lab)
    assert re.match("bad command name omong", say("/omong kosong"))
    assert say("/interface disable ether9").strip() == "no such item"


def test_mail_arrives_as_it_was_sent(mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "a@example.go.id",
        "b@example.go.id",
        "Laporan jaringan – contoh",
    )
    message.set_content("isi")
    with smtplib.SMTP(mailbox.host, mailbox.port) as server:
        server.send_message(message)
    assert [received["subject"] for received in mailbox.messages] == ["Laporan jaringan – contoh"]


def test_the_legacy_server_offers_nothing_modern(legacy_sshd: LegacySshd) -> None:
    with socket.create_connection((legacy_sshd.address, legacy_sshd.port), 5) as raw:
        transport = paramiko.Transport(raw)
        options = transport.get_security_options()
        options.kex = tuple(kex for kex in options.kex if "sha1" not in kex)
        with pytest.raises(paramiko.SSHException, match="no acceptable kex"):
            transport.start_client(timeout=60)
        transport.close()


def test_the_web_host_serves_and_the_name_server_knows_it(web_lab: WebLab) -> None:
    assert all(service.running for service in web_lab.services.values())
    assert load_inventory(web_lab.folder).hosts


def _routeros_console(lab: NetworkLab) -> Callable[[str], str]:
    device = lab.devices["mt1"]

    def say(command: str) -> str:
        client = paramiko.SSHClient()
        client.load_host_keys(str(lab.known_hosts))
        client.connect(device.address, device.port, device.username, device.password, look_for_keys=False)
        _, out, _ = client.exec_command(command)
        text: str = out.read().decode()
        client.close()
        return text

    return say
