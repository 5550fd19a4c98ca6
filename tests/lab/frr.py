"""The office's network in small: three real FRR routers, an uplink and two PCs.

            isp 203.0.113.1            r1, r2, r3: OSPF area 0 in a triangle, hello 1 s, dead 4 s
                 | eth3                r1 - r3: eBGP 65001 - 65003, hold time 3 s
       eth2 ---- r1 ---- eth1          r1: default route to isp, told to the others by OSPF
        |                  |           h2, h3: PCs behind r2 and r3
       r3 ---- eth1/eth2 - r2          management: r1 10.99.0.11, r2 .12, r3 .13, SSH whose shell is vtysh
        | eth3             | eth3
       h3 10.3.0.10       sw1 - h2 10.2.0.10     the office behind r2: lan.py

Each router has an /etc/frr and a /run/frr of its own; `write memory` writes its /etc/frr/frr.conf. Faults are methods
of `Router` and `Network`; `Network.heal` undoes whatever was done, by a test or by the program under test.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import playbooks.network
from tests.lab import accounts, lan, vty
from tests.lab.core import Namespace, Service, cable, folder, listens, manage, require, run, until

DAEMONS = ("zebra", "staticd", "ospfd", "bgpd")
MOVES = re.compile(r"\d+:\d\d:\d\d")
"""How long ago, in a table of routes."""
PROGRAMS = Path("/usr/lib/frr")
RELOAD = "/usr/lib/frr/frr-reload.py"
USER = "otomasi"

LOGIN = Path(playbooks.network.__file__).with_name("frr_login.sh")
"""What the office's routers have as the account's login."""
LINKS = (("r1", "eth1", "r2", "eth1"), ("r2", "eth2", "r3", "eth1"), ("r1", "eth2", "r3", "eth2"))
STUBS = (("r1", "eth3", "isp", "eth0"), ("r3", "eth3", "h3", "eth0"))
SWITCHED = (("r2", "eth3", "sw1", "p1"), ("sw1", "p2", "h2", "eth0"))
PCS = {"isp": ("203.0.113.1/30", "203.0.113.2"), "h2": ("10.2.0.10/24", "10.2.0.1"), "h3": ("10.3.0.10/24", "10.3.0.1")}
"""Address and default gateway of what is no router."""

ADDRESSES = {
    "r1": {"eth1": "10.1.12.1/30", "eth2": "10.1.13.1/30", "eth3": "203.0.113.2/30"},
    "r2": {"eth1": "10.1.12.2/30", "eth2": "10.1.23.1/30", "eth3": "10.2.0.1/24"},
    "r3": {"eth1": "10.1.23.2/30", "eth2": "10.1.13.2/30", "eth3": "10.3.0.1/24"},
}

INTERFACE = Template("""interface $name
 description sambungan $name
 ip address $address
 ip ospf area 0
 ip ospf dead-interval 4
 ip ospf hello-interval 1
 $kind
exit
!
""")

ROUTING = Template("""router bgp $asn
 bgp router-id 10.255.0.$number
 no bgp ebgp-requires-policy
 timers bgp 1 3
$peers
exit
!
router ospf
 ospf router-id 10.255.0.$number
 timers throttle spf 10 50 200
 timers throttle lsa all 20
 timers lsa min-arrival 10
$origin
exit
!
end
""")

PEERS = {
    "r1": " neighbor 10.1.13.2 remote-as 65003\n neighbor 10.1.13.2 timers connect 1",
    "r2": "",
    "r3": " neighbor 10.1.13.1 remote-as 65001\n neighbor 10.1.13.1 timers connect 1\n"
    " address-family ipv4 unicast\n  network 10.3.0.0/24\n exit-address-family",
}


@dataclass
class Router:
    """One FRR router. `address` is its management address; `password` that of `USER` on all routers."""

    number: int
    password: str = field(repr=False)
    machine: Namespace = field(init=False)
    daemons: list[Service] = field(default_factory=list, repr=False)
    healthy: str = field(default="", repr=False)
    """The running config right after a healthy start; `saved` is the startup config then."""
    saved: str = field(default="", repr=False)
    state: tuple[str, ...] = field(default=(), repr=False)
    """What its daemons said of their configuration then."""

    def __post_init__(self) -> None:
        self.machine = Namespace.create(self.name, forwarding=True)
        self.machine.run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0")
        manage(self.machine, self.address)

    @property
    def name(self) -> str:
        return f"r{self.number}"

    @property
    def address(self) -> str:
        return f"10.99.0.{10 + self.number}"

    @property
    def startup(self) -> Path:
        """The saved config."""
        return self.folder("etc") / "frr.conf"

    @property
    def host_key(self) -> Path:
        return accounts.new_key(f"host-{self.name}")

    def folder(self, kind: str) -> Path:
        """Its /etc/frr ("etc") or /run/frr ("run"), as seen from outside."""
        return folder(f"routers/{self.name}/{kind}", owner="frr", mode=0o775)

    def install(self) -> None:
        """Write the factory's startup config and start everything."""
        self.machine.own("/etc/frr", self.folder("etc"))
        self.machine.own("/run/frr", self.folder("run"))
        (self.folder("etc") / "vtysh.conf").write_text("service integrated-vtysh-config\n")
        self.write_startup(factory(self.name))
        self.boot()
        self.serve_ssh()

    def remember(self) -> None:
        """Save, and take this state as the healthy one."""
        self.save()
        self.healthy, self.saved, self.state = self.running, self.startup.read_text(), self.configured()

    def write_startup(self, text: str) -> None:
        self.startup.write_text(text)
        self.startup.chmod(0o640)
        run("chown", "frr:frr", str(self.startup))

    def boot(self) -> None:
        """Start the daemons and read the startup config."""
        sockets = self.folder("run")
        for daemon in DAEMONS:
            (sockets / f"{daemon}.vty").unlink(missing_ok=True)
            argv = (str(PROGRAMS / daemon), "-A", "127.0.0.1", "-u", "frr", "-g", "frr")
            self.daemons.append(self.machine.start(*argv))
            # The others find zebra by its socket when they start, or try again seconds later.
            until((sockets / f"{daemon}.vty").exists, f"{daemon} of {self.name}")
        self.machine.run("vtysh", "-b")

    def power_off(self) -> None:
        """End the daemons and forget what they told the kernel."""
        for daemon in reversed(self.daemons):
            daemon.stop()
        self.daemons.clear()
        for interface in ADDRESSES[self.name]:
            self.machine.ip("addr", "flush", "dev", interface)

    def reboot(self) -> None:
        """Power off and on: the running config is lost, the startup config is read."""
        self.power_off()
        self.boot()

    def lose_startup(self) -> None:
        """Hardly anything is left to start from."""
        self.write_startup(self.saved.partition("interface ")[0])

    def serve_ssh(self) -> None:
        shell = folder("bin") / "vtysh-login"
        shell.write_text(LOGIN.read_text())
        shell.chmod(0o755)
        settings = f"AllowUsers {USER}\nPasswordAuthentication yes\nForceCommand {shell}"
        accounts.sshd(self.machine, self.address, settings, self.host_key)

    def show(self, command: str) -> str:
        """Output of a vtysh command, asked at the router itself, not over SSH."""
        return self.machine.run("vtysh", "-c", command)

    def ask(self, daemon: str, command: str) -> str:
        """What one daemon says, without vtysh; nothing when it is dead."""
        try:
            return vty.ask(self.folder("run") / f"{daemon}.vty", command)
        except OSError:
            return ""

    def configured(self) -> tuple[str, ...]:
        return tuple(self.ask(daemon, "show running-config") for daemon in DAEMONS)

    def known(self) -> tuple[object, ...]:
        """Its neighbours, its peer and its routes, as they are now."""
        peers = re.findall(r"BGP state = \w+", self.ask("bgpd", "show bgp neighbors"))
        neighbors = re.findall(r"^([\d.]+) +\d+ (\w+)/", self.ask("ospfd", "show ip ospf neighbor"), re.MULTILINE)
        return peers, neighbors, MOVES.sub("", self.ask("zebra", "show ip route"))

    def configure(self, *lines: str) -> None:
        """Type config lines at the router itself; AssertionError when it refuses one."""
        said = self.machine.run("vtysh", "-f", "/dev/stdin", stdin="\n".join((*lines, "end", "")))
        assert "%" not in said, said

    def save(self) -> None:
        self.show("write memory")

    def mend(self) -> None:
        """Back to the healthy configuration, saved and running, with all daemons and SSH."""
        alive = len(self.daemons) == len(DAEMONS) and all(daemon.running for daemon in self.daemons)
        self.write_startup(self.saved)
        if alive and self.configured() != self.state:
            self.machine.run(RELOAD, "--reload", str(self.startup))
        if not alive or self.configured() != self.state:
            self.reboot()
        if not listens(self.address, 22):
            self.serve_ssh()

    @property
    def running(self) -> str:
        return self.show("show running-config")

    def full_neighbors(self) -> int:
        return len(re.findall(r"\bFull/", self.ask("ospfd", "show ip ospf neighbor")))

    # Faults. Each says what is seen.

    def ospf_area(self, interface: str = "eth1", area: str = "1") -> None:
        """The neighbour drops our hellos: area mismatch."""
        self.configure(f"interface {interface}", "no ip ospf area 0", f"ip ospf area {area}")

    def ospf_hello(self, interface: str = "eth1", seconds: int = 3) -> None:
        """Hello (and dead) intervals differ; neighbours are lost on both sides."""
        dead = 4 * seconds
        self.configure(f"interface {interface}", f"ip ospf hello-interval {seconds}", f"ip ospf dead-interval {dead}")

    def ospf_dead(self, interface: str = "eth1", seconds: int = 12) -> None:
        """Only the dead interval differs; no hello is believed any more."""
        self.configure(f"interface {interface}", f"ip ospf dead-interval {seconds}")

    def ospf_passive(self, interface: str = "eth1") -> None:
        """No hellos are sent or heard any more."""
        self.configure(f"interface {interface}", "ip ospf passive")

    def ospf_password(self, interface: str = "eth1") -> None:
        """This end signs its packets, the other does not: each drops the other's."""
        key = f"ip ospf message-digest-key 1 md5 {accounts.new_password()[:12]}"
        self.configure(f"interface {interface}", "ip ospf authentication message-digest", key)

    def ospf_kind(self, interface: str = "eth1") -> None:
        """One end sees a broadcast network, the other a point-to-point link: neighbours, but no routes over them."""
        self.configure(f"interface {interface}", "ip ospf network broadcast")

    def ospf_gone(self) -> None:
        """The routing process is removed from the configuration."""
        self.configure("no router ospf")

    def ospf_router_id(self, router_id: str) -> None:
        """The ID is another router's; two routers of one ID do not become neighbours (RFC 2328 section 10.5)."""
        self.configure("router ospf", f"ospf router-id {router_id}")
        self.show("clear ip ospf process")

    def mtu(self, interface: str = "eth1", size: int = 1400) -> None:
        """The adjacency hangs in ExStart or Exchange; it is begun anew so that it shows."""
        self.machine.ip("link", "set", interface, "mtu", str(size))
        self.show(f"clear ip ospf interface {interface}")
        self.configure(f"interface {interface}", "shutdown", "no shutdown")

    def shut(self, interface: str = "eth1") -> None:
        """Administratively down."""
        self.configure(f"interface {interface}", "shutdown")

    def readdress(self, interface: str, wrong: str) -> None:
        """Another address than the one planned."""
        right = ADDRESSES[self.name][interface]
        self.configure(f"interface {interface}", f"no ip address {right}", f"ip address {wrong}")

    def no_default(self) -> None:
        """r1 only: the default route is gone, for the others too."""
        self.configure("no ip route 0.0.0.0/0 203.0.113.1")

    def wrong_default(self, gateway: str = "203.0.113.3") -> None:
        """r1 only: the default route points where nobody is."""
        self.configure("no ip route 0.0.0.0/0 203.0.113.1", f"ip route 0.0.0.0/0 {gateway}")

    def untold_default(self) -> None:
        """r1 only: it has a way out and tells nobody of it."""
        self.configure("router ospf", "no default-information originate")

    def bgp_as(self, asn: int = 65099) -> None:
        """r1 only: the peer's AS is written wrong; OPEN is refused."""
        self.configure("router bgp 65001", f"neighbor 10.1.13.2 remote-as {asn}")

    def bgp_shutdown(self) -> None:
        """r1 only: the peer is shut down by hand."""
        self.configure("router bgp 65001", "neighbor 10.1.13.2 shutdown")

    def bgp_password(self) -> None:
        """r1 only: one end signs its segments (RFC 2385), the other does not."""
        self.configure("router bgp 65001", f"neighbor 10.1.13.2 password {accounts.new_password()}")
        self.show("clear bgp 10.1.13.2")

    def bgp_removed(self) -> None:
        """r1 only: the peer is no longer configured."""
        self.configure("router bgp 65001", "no neighbor 10.1.13.2")

    def drop(self, *rules: str, hook: str = "input") -> None:
        """A packet filter, which the configuration does not show: each rule in nft's words."""
        _drop(self.machine, rules, hook)

    def drop_ospf(self) -> None:
        """A packet filter drops OSPF."""
        self.drop("ip protocol ospf drop")

    def drop_bgp(self) -> None:
        """A packet filter drops BGP, in one direction only; the sessions are asked to begin anew."""
        self.drop("tcp dport 179 drop", "tcp sport 179 drop")

    def kill(self, daemon: str) -> None:
        """One of the daemons dies and nobody starts it again."""
        self.daemons[DAEMONS.index(daemon)].stop(signal.SIGKILL)

    def unsaved(self) -> None:
        """Running and startup config differ by something harmless."""
        self.configure("interface eth3", "description belum disimpan")

    def changed(self) -> None:
        """Something harmless was changed and saved."""
        self.configure("interface eth3", "description diganti orang")
        self.save()


def _drop(machine: Namespace, rules: Sequence[str], hook: str = "input") -> None:
    chain = f"add table inet f; add chain inet f {hook} {{ type filter hook {hook} priority 0; }}"
    machine.run("nft", "; ".join((chain, *(f"add rule inet f {hook} {rule}" for rule in rules))))


@dataclass
class Network:
    """The three routers, the uplink and the PCs."""

    routers: dict[str, Router]
    machines: dict[str, Namespace]
    lan: lan.Lan

    def __getitem__(self, name: str) -> Router:
        return self.routers[name]

    def converged(self) -> bool:
        """All adjacencies full, BGP up, the default known everywhere, the PCs reach each other and the uplink."""
        return (
            all(router.full_neighbors() == 2 for router in self.routers.values())
            and "Established" in self["r1"].ask("bgpd", "show bgp neighbors 10.1.13.2")
            and all("0.0.0.0/0" in router.ask("zebra", "show ip route") for router in self.routers.values())
            and self.machines["h2"].pings("10.3.0.10")
            and self.machines["h3"].pings("203.0.113.1")
            and self.lan.converged()
        )

    def known(self) -> tuple[object, ...]:
        """What all routers know of their neighbours and ways now."""
        return tuple(router.known() for router in self.routers.values())

    def until_other(self, known: object, seconds: float) -> None:
        """Wait until the routers know something else, but no longer than that."""
        end = time.monotonic() + seconds
        while self.known() == known and time.monotonic() < end:
            time.sleep(0.05)

    def pull_cable(self, router: str, interface: str) -> None:
        """It loses its carrier: down, although nobody shut it. A router at the far end says that its port was shut."""
        far, its = self._far_end(router, interface)
        far.ip("link", "set", its, "down")

    def lose(self, router: str, interface: str, percent: int = 30) -> None:
        """Part of what the far end should hear is lost on the way, as on a bad cable or radio."""
        far, its = self._far_end(router, interface)
        _drop(far, [f'iifname "{its}" numgen random mod 100 < {percent} drop'])

    def gateway_dies(self) -> None:
        """The provider's router answers nobody any more; its port stays up."""
        _drop(self.machines["isp"], ["drop"])

    def flap(self, router: str, interface: str, times: int = 7) -> None:
        """The cable is loose: the far end loses and finds its carrier again."""
        for _ in range(times):
            self.pull_cable(router, interface)
            time.sleep(0.1)
            self.plug_in(router, interface)
            time.sleep(0.1)
        self.route_pcs()

    def plug_in(self, router: str, interface: str) -> None:
        far, its = self._far_end(router, interface)
        far.ip("link", "set", its, "up")

    def heal(self) -> None:
        """Bring the network back to health, whatever was done to it, and wait until it has converged."""
        for one, its, other, others in (*LINKS, *STUBS, *SWITCHED):
            for name, interface in ((one, its), (other, others)):
                self.machine(name).ip("link", "set", interface, "mtu", "1500", "up")
        for name in (*self.routers, *PCS):
            self.machine(name).run("nft", "flush", "ruleset")
        for router in self.routers.values():
            router.mend()
        self.route_pcs()
        self.lan.heal()
        try:
            until(self.converged, "the lab's network converges", 8, every=0.2)
        except AssertionError:
            # What runs is not all that the configuration says: a router ID counts from the next start on.
            for router in self.routers.values():
                router.reboot()
            until(self.converged, "the lab's network converges", 120, every=0.2)

    def _far_end(self, router: str, interface: str) -> tuple[Namespace, str]:
        for one, its, other, others in (*LINKS, *STUBS, *SWITCHED):
            if (one, its) == (router, interface):
                return self.machine(other), others
            if (other, others) == (router, interface):
                return self.machine(one), its
        raise KeyError(f"{router} has no {interface}")

    def machine(self, name: str) -> Namespace:
        return self.routers[name].machine if name in self.routers else self.machines[name]

    def route_pcs(self) -> None:
        """A default route goes with its interface; put it back."""
        for name, (address, gateway) in PCS.items():
            target = "10.0.0.0/8" if name == "isp" else "default"
            self.machines[name].ip("addr", "replace", address, "dev", "eth0")
            self.machines[name].ip("route", "replace", target, "via", gateway)


def factory(name: str) -> str:
    """The config a router of the lab is delivered with."""
    interfaces = "".join(
        INTERFACE.substitute(name=interface, address=address, kind=_kind(interface))
        for interface, address in ADDRESSES[name].items()
    )
    edge = name == "r1"
    routing = ROUTING.substitute(
        asn=65000 + int(name[1]),
        number=name[1],
        peers=PEERS[name],
        origin=" default-information originate" if edge else "!",
    )
    head = f"frr version 8.4.4\nfrr defaults traditional\nhostname {name}\nservice integrated-vtysh-config\n!\n"
    return head + ("ip route 0.0.0.0/0 203.0.113.1\n!\n" if edge else "") + interfaces + routing


def _kind(interface: str) -> str:
    return "ip ospf passive" if interface == "eth3" else "ip ospf network point-to-point"


def start() -> Network:
    """Build the network and wait until it has converged (about 6 s). LabMissing without FRR, sshd or nft."""
    require("vtysh", RELOAD, "nft", "useradd", "chpasswd", *(str(PROGRAMS / daemon) for daemon in DAEMONS))
    password = accounts.new_password()
    accounts.user(USER, groups=("frrvty", "frr"), password=password)
    routers = {f"r{number}": Router(number, password) for number in (1, 2, 3)}
    machines = {name: Namespace.create(name, forwarding=name == "isp") for name in PCS}
    office = lan.build(routers["r2"].machine, machines["h2"])
    network = Network(routers, {**machines, "sw1": office.switch.machine}, office)
    for one, its, other, others in (*LINKS, *STUBS):
        cable(network.machine(one), its, network.machine(other), others)
    network.route_pcs()
    for router in routers.values():
        router.install()
    until(network.converged, "the lab's network converges", 120, every=0.3)
    for router in routers.values():
        router.remember()
    return network
