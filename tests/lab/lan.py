"""The office behind r2: a Linux switch, a server of addresses and names, and a machine that nobody invited.

    r2 eth3 ---- p1 [ sw1: bridge br0 with STP ] p2 ---- h2        10.2.0.0/24: r2 .1, sw1 .2, h2 .10
                      p3 |        | p4    p5, p6 free               srv1 .53: DHCP .100 to .104, DNS
                      srv1       guest                              management: sw1 10.99.0.21, srv1 10.99.0.22

sw1 and srv1 are devices of the inventory (platform `linux`): sshd, bash, the kernel's bridge, dnsmasq. Their processor,
memory and disk are those of the machine that runs the lab, so what the program says of these proves nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.lab import accounts
from tests.lab.core import Namespace, Service, cable, folder, listens, manage, require, until

USER = "teknisi"
PORTS = ("p1", "p2", "p3", "p4", "p5", "p6")
SERVER, GUEST = "10.2.0.53", "10.2.0.66"
POOL = 5
LEASES = Path("/var/lib/misc/dnsmasq.leases")
SUDOERS = f"""{USER} ALL=(root) NOPASSWD: /usr/bin/nmap -n --script broadcast-dhcp-discover \\
    --script-args broadcast-dhcp-discover.timeout\\=2s
{USER} ALL=(root) NOPASSWD: /usr/sbin/arp-scan ^--localnet --quiet --arpspa=0.0.0.0 --interface=[A-Za-z0-9._-]+$
"""
ADDRESSES_SERVED = f"""interface=eth0
port=0
dhcp-range=10.2.0.100,10.2.0.{99 + POOL},255.255.255.0,1h
dhcp-option=option:router,10.2.0.1
dhcp-option=option:dns-server,{SERVER}
no-ping
"""
ROGUE = "interface=eth0\nport=0\ndhcp-range=10.2.0.200,10.2.0.210,1h\nno-ping\n"
NAMES = f"""interface=eth0
bind-interfaces
no-resolv
no-hosts
local=/go.id/
address=/layanan.example.go.id/{SERVER}
"""


@dataclass
class Linux:
    """A machine that the program logs in to."""

    name: str
    number: int
    password: str = field(repr=False)
    machine: Namespace = field(init=False)

    def __post_init__(self) -> None:
        self.machine = Namespace.create(self.name)
        manage(self.machine, self.address)

    @property
    def address(self) -> str:
        return f"10.99.0.{20 + self.number}"

    @property
    def host_key(self) -> Path:
        return accounts.new_key(f"host-{self.name}")

    def serve_ssh(self) -> None:
        """With the files that a login sees and a configuration is made of."""
        self.machine.show("/etc/hostname", f"{self.name}\n")
        self.machine.show("/etc/hosts", f"127.0.0.1 localhost {self.name}\n")
        self.machine.show("/etc/resolv.conf", f"nameserver {SERVER}\n")
        accounts.sshd(self.machine, self.address, f"AllowUsers {USER}\nPasswordAuthentication yes", self.host_key)


@dataclass
class Lan:
    """The running office network; faults are methods, `heal` undoes them all."""

    switch: Linux
    server: Linux
    guest: Namespace
    pc: Namespace
    addresses: Service = field(init=False, repr=False)
    """srv1's DHCP server; `names` its DNS server."""
    names: Service = field(init=False, repr=False)
    rogue: Service | None = field(default=None, repr=False)

    @property
    def devices(self) -> tuple[Linux, Linux]:
        return self.switch, self.server

    def serve(self) -> None:
        """Start what srv1 serves."""
        machine = self.server.machine
        machine.own(str(LEASES.parent), folder("lan/leases", mode=0o777))
        config = machine.show("/etc/dnsmasq.conf", ADDRESSES_SERVED)
        self.addresses = dnsmasq(machine, config, "addresses").wait_for(self._leases.exists)
        self.names = dnsmasq(machine, _file("names.conf", NAMES), "names")

    @property
    def _leases(self) -> Path:
        return folder("lan/leases", mode=0o777) / LEASES.name

    def converged(self) -> bool:
        """srv1 is reached from the PC and answers names."""
        asked = ("dig", "+time=1", "+tries=1", f"@{SERVER}", "layanan.example.go.id")
        return self.pc.pings(SERVER) and self.guest.succeeds(*asked)

    # Faults. Each says what is seen.

    def loop(self) -> None:
        """Somebody plugs one cable into two ports of the switch; spanning tree holds one of them back."""
        self.switch.machine.ip("link", "add", "p5", "type", "veth", "peer", "name", "p6")
        for port in ("p5", "p6"):
            self.switch.machine.ip("link", "set", port, "master", "br0", "up")

    def exhaust(self) -> None:
        """Real clients take every address that srv1 has to give."""
        for client in range(POOL):
            self.lease(client)

    def lease(self, client: int) -> None:
        """One more client of the guest's asks for an address; it does not use it."""
        asks = ("udhcpc", "-i", "eth0", "-n", "-q", "-t", "3", "-T", "1", "-s", "/bin/true")
        self.guest.run(*asks, "-x", f"0x3d:00{client:06x}")

    def serve_rogue(self) -> None:
        """The guest offers addresses too."""
        self.rogue = dnsmasq(self.guest, _file("rogue.conf", ROGUE), "rogue")
        until(lambda: "DHCP, IP range" in (self.rogue.last_words() if self.rogue else ""), "the rogue serves")

    def names_die(self) -> None:
        """Nobody answers names any more; the server still answers pings and gives addresses."""
        self.names.stop()

    def addresses_die(self) -> None:
        """Nobody gives addresses any more."""
        self.addresses.stop()

    def duplicate(self, address: str = "10.2.0.10") -> None:
        """The guest takes an address that another machine holds."""
        self.guest.ip("addr", "add", f"{address}/24", "dev", "eth0")

    def heal(self) -> None:
        self.switch.machine.succeeds("ip", "link", "delete", "p5")
        for port in ("p1", "p2", "p3", "p4", "br0"):
            self.switch.machine.ip("link", "set", port, "up")
        if self.rogue:
            self.rogue.stop()
            self.rogue = None
        self.guest.ip("addr", "flush", "dev", "eth0")
        self.guest.ip("addr", "add", f"{GUEST}/24", "dev", "eth0")
        if not self.addresses.running or self._leases.read_text():
            self.addresses.stop()
            self._leases.write_text("")
            self.addresses.start()
        if not self.names.running:
            self.names.start()
        for linux in self.devices:
            linux.machine.run("nft", "flush", "ruleset")
            if not listens(linux.address, 22):
                linux.serve_ssh()


def _file(name: str, text: str) -> Path:
    path = folder("lan") / name
    path.write_text(text)
    return path


def dnsmasq(machine: Namespace, config: Path, log: str) -> Service:
    argv = ("dnsmasq", "--keep-in-foreground", "--user=root", "--pid-file", "--log-facility=-", "--log-dhcp")
    return machine.start(*argv, f"--conf-file={config}", log=f"dnsmasq-{log}")


def build(router: Namespace, pc: Namespace) -> Lan:
    """Cable the switch between `router` eth3 and `pc` eth0 and start everything; its ports forward 4 s later."""
    require("dnsmasq", "udhcpc", "nmap", "arp-scan", "sudo", "dig")
    password = accounts.new_password()
    accounts.user(USER, password=password)
    switch, server, guest = Linux("sw1", 1, password), Linux("srv1", 2, password), Namespace.create("guest")
    bridge = ("type", "bridge", "stp_state", "1", "forward_delay", "200")
    switch.machine.ip("link", "add", "br0", *bridge)
    ends = ((router, "eth3"), (pc, "eth0"), (server.machine, "eth0"), (guest, "eth0"))
    for port, (machine, interface) in zip(PORTS, ends, strict=False):
        cable(switch.machine, port, machine, interface)
        switch.machine.ip("link", "set", port, "master", "br0")
    for machine, interface, address in (
        (switch.machine, "br0", "10.2.0.2"),
        (server.machine, "eth0", SERVER),
        (guest, "eth0", GUEST),
    ):
        machine.ip("addr", "add", f"{address}/24", "dev", interface)
        machine.ip("link", "set", interface, "up")
        machine.ip("route", "add", "default", "via", "10.2.0.1")
    sudoers = Path("/etc/sudoers.d/office")
    sudoers.write_text(SUDOERS)
    sudoers.chmod(0o440)
    lan = Lan(switch, server, guest, pc)
    for linux in lan.devices:
        linux.serve_ssh()
    lan.serve()
    return lan
