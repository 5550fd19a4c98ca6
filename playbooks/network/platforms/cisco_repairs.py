"""Repairs in the words of Cisco IOS, which Arista EOS shares: what a finding needs, and its exact inverse. Pure.

cisco.com: IP Routing: OSPF and BGP Command References, Interface and Hardware Component Command Reference (errdisable);
arista.com: EOS User Manual, the same commands. Each repair brings back what the last good run saw, and only where the
configuration itself says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playbooks.network.facts import Interface, OspfInterface
from playbooks.network.platforms.platform import Change, Repair, Situation
from playbooks.network.ports import same_port
from playbooks.plans import Ladder


def enable_port(now: Situation) -> Change | None:
    name = now.finding.subject
    head = f"interface {name}"
    return Change((head, "no shutdown"), (head, "shutdown"), f"Aktifkan {name}", name)


def reenable(now: Situation) -> Change | None:
    """Class A, once: a port that the device shut itself. While it sees a loop the cause is surely not gone."""
    port = now.facts.interface(now.finding.subject)
    if port is None or not port.error_disabled or now.facts.loops or _why(now.config, port.name, "shutdown"):
        return None
    return _bounced(port.name, f"Nyalakan kembali {port.name} satu kali ({port.error_disabled})")


def bounce(now: Situation) -> Change | None:
    """Class A, once: the one access port that worked at the last good run and is dead now."""
    dead = [port for port in now.facts.interfaces if port.enabled and not port.up and _worked(now, port)]
    if [port.name for port in dead] != [now.finding.subject] or not _is_access(now, dead[0]):
        return None
    return _bounced(dead[0].name, f"Matikan lalu nyalakan {dead[0].name} satu kali")


def _bounced(name: str, summary: str) -> Change:
    head = f"interface {name}"
    return Change((head, "shutdown", "no shutdown"), (head, "no shutdown"), summary, name, Ladder.A)


def _worked(now: Situation, port: Interface) -> bool:
    then = now.before.interface(port.name)
    return then is not None and then.up


def _is_access(now: Situation, port: Interface) -> bool:
    """Nothing but a computer is known behind it."""
    seen = {one.interface for facts in (now.facts, now.before) for one in facts.neighbors}
    config = section(now.config, port.name)
    plain = not port.addresses and not port.master and "switchport mode access" in config
    return plain and not any(same_port(port.name, other) for other in seen)


def restore_timers(now: Situation) -> Change | None:
    """Hello and dead interval of an OSPF interface, where its own lines set them."""
    name = now.finding.subject
    then, have = (_ospf(facts.ospf_interfaces, name) for facts in (now.before, now.facts))
    if not then or not have or not then.dead_s or (then.hello_s, then.dead_s) == (have.hello_s, have.dead_s):
        return None
    lines = section(now.config, name)
    told = [line for line in lines if re.match(r"ip ospf (?:hello|dead)-interval \d+$", line)]
    if not told:
        return None
    head, summary = f"interface {name}", f"Kembalikan hello/dead OSPF {name} ke {then.hello_s}/{then.dead_s} detik"
    right = (f"ip ospf hello-interval {then.hello_s}", f"ip ospf dead-interval {then.dead_s}")
    return Change((head, *right), (head, *(f"no {line}" for line in right), *told), summary, name)


def unhide(now: Situation) -> Change | None:
    """A neighbour lost behind an interface that the OSPF process was told to keep quiet on since."""
    name = next((one.interface for one in now.before.ospf_neighbors if one.address == now.finding.subject), "")
    then = _ospf(now.before.ospf_interfaces, name)
    quiet = next((word for word in _passive(now.config) if same_port(word, name)), "") if name else ""
    head = _line(now.config, r"router ospf \d+")
    if not quiet or not head or (then and then.passive):
        return None
    line = f"passive-interface {quiet}"
    return Change((head, f"no {line}"), (head, line), f"Aktifkan kembali OSPF pada {name}", name)


def _passive(config: str) -> list[str]:
    return re.findall(r"^ +passive-interface ([A-Z]\S+)$", config, re.MULTILINE)


def restore_peer(now: Situation) -> Change | None:
    """A BGP session that was shut down, or whose AS was changed, since it last worked."""
    address, head = now.finding.subject, _line(now.config, r"router bgp \d+")
    then = next((peer for peer in now.before.bgp_peers if peer.address == address), None)
    if not head or then is None or not then.up:
        return None
    own = [line.strip() for line in block(now.config, head) if line.strip().startswith(f"neighbor {address} ")]
    shut, right = f"neighbor {address} shutdown", f"neighbor {address} remote-as {then.remote_as}"
    if shut in own:
        return Change((head, f"no {shut}"), (head, shut), f"Aktifkan kembali sesi BGP {address}")
    wrong = next((line for line in own if re.fullmatch(rf"neighbor {re.escape(address)} remote-as \d+", line)), right)
    if wrong == right:
        return None
    return Change((head, right), (head, wrong), f"Kembalikan AS tetangga BGP {address} ke {then.remote_as}")


def default_by(prefix: str) -> Repair:
    """A static default route to the gateway that the inventory names or the last good run used.

    `prefix`: as the platform writes it. Only where the routes there are have nothing but a next hop.
    """

    def restore_default(now: Situation) -> Change | None:
        then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
        gateway = now.gateway or next(then, "")
        out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
        about = [line for line in now.config.splitlines() if line.startswith(f"ip route {prefix} ")]
        right = f"ip route {prefix} {gateway}"
        plain = all(re.fullmatch(rf"ip route {re.escape(prefix)} [\d.]+", line) for line in about)
        if out is None or out.holds(gateway) or right in about or not plain:
            return None
        commands = (right, *(f"no {line}" for line in about))
        return Change(commands, (*about, f"no {right}"), f"Pasang rute default ke {gateway}")

    return restore_default


def section(config: str, name: str) -> list[str]:
    """The lines of an interface, however its name is shortened."""
    heads = re.findall(r"^interface (\S+)$", config, re.MULTILINE)
    head = next((each for each in heads if same_port(each, name)), "")
    return [line.strip() for line in block(config, f"interface {head}")] if head else []


def block(config: str, head: str) -> list[str]:
    match = re.search(rf"^{re.escape(head)}\n((?: .*\n)*)", config, re.MULTILINE)
    return match[1].splitlines() if match else []


def _why(config: str, name: str, line: str) -> bool:
    return line in section(config, name)


def _line(config: str, shape: str) -> str:
    """The only line of a shape; empty where there are several, for then it is open which one is meant."""
    found = re.findall(rf"^{shape}$", config, re.MULTILINE)
    return found[0] if len(found) == 1 else ""


def _ospf(links: tuple[OspfInterface, ...], name: str) -> OspfInterface | None:
    return next((one for one in links if same_port(one.name, name)), None)


def repairs(prefix: str) -> dict[str, Callable[[Situation], Change | None]]:
    """By finding code."""
    return {
        "link.admin_down": enable_port,
        "link.down": bounce,
        "errdisabled.port": reenable,
        "ospf.timer_mismatch": restore_timers,
        "ospf.neighbor_lost": unhide,
        "bgp.peer_down": restore_peer,
        "route.default_missing": default_by(prefix),
        "gateway.unreachable": default_by(prefix),
    }
