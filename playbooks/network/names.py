"""DNS servers asked a name: by the device itself where it can, else from here, and then the evidence says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.query
import dns.rcode

from playbooks.network.facts import Resolver

if TYPE_CHECKING:
    from playbooks.network.connect import Session


NAME = "go.id"
"""Looked up; every resolver of a government office has to know it."""
ASK_S, ANSWER_S = 2.0, 15.0
"""For our own question, and for a device's, which may ask several times by itself."""


def ask(
    session: Session, servers: Iterable[str], raw: dict[str, str], on_progress: Callable[[str], None]
) -> tuple[Resolver, ...]:
    """Whether each of `servers` answers. The device's outputs go to `raw`."""
    wanted = list(dict.fromkeys(servers))
    told = [_by_device(session, server, raw, on_progress) for server in wanted]
    rest = [server for server, one in zip(wanted, told, strict=True) if one is None]
    return (*filter(None, told), *_from_here(rest))


def _by_device(
    session: Session, server: str, raw: dict[str, str], on_progress: Callable[[str], None]
) -> Resolver | None:
    """None when its platform cannot ask a server of our choice, or did not understand."""
    platform = session.platform
    if not platform.resolve:
        return None
    command = platform.resolve.format(server=server, name=NAME)
    on_progress(command)
    raw[command] = session.ask(command, ANSWER_S)
    said = raw[command].strip()
    answered = re.search(platform.resolved, said, re.MULTILINE) is not None
    failed = re.search(platform.unresolved, said, re.MULTILINE) is not None
    return Resolver(server, answered, f"{command}: {said.splitlines()[-1]}") if answered or failed else None


def _from_here(servers: list[str]) -> list[Resolver]:
    if not servers:
        return []
    with ThreadPoolExecutor(len(servers)) as pool:
        return list(pool.map(looked_up, servers))


def looked_up(server: str, port: int = 53) -> Resolver:
    """Whether a server answers this machine, in one question and a second."""
    line = f"{server} ditanya {NAME} dari mesin Pelihara"
    question = dns.message.make_query(NAME, "SOA")
    for _ in range(2):
        try:
            code = dns.query.udp(question, server, ASK_S, port=port).rcode()
        except (dns.exception.DNSException, OSError):
            continue
        answers = code in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
        return Resolver(server, answers, f"{line}: {dns.rcode.to_text(code)}", from_here=True)
    return Resolver(server, answers=False, line=f"{line}: tidak ada jawaban", from_here=True)
