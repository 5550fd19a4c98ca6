"""What to type to turn one FRR configuration into another. Pure; the shape is vtysh's: blocks by indentation.

docs.frrouting.org "Basic Config Commands"; `frr-reload.py` does the same on the router itself.
"""

from __future__ import annotations

import re

Path = tuple[str, ...]
"""A line with the lines of the blocks around it."""

ENDS = re.compile(r"(?:exit|end|exit-[a-z-]+)$")
KEPT = re.compile(
    r"(?:frr |hostname |log |service |line vty|no ipv6 forwarding|(?:no )?ip forwarding|password |enable )"
)
"""What belongs to the installation, not to the network: never taken away."""
OVERWRITES = re.compile(
    r"(?:description|bandwidth|(?:bgp|ospf) router-id"
    r"|ip ospf (?:hello-interval|dead-interval|cost|priority|network|retransmit-interval|transmit-delay)"
    r"|neighbor \S+ (?:remote-as|description|password|timers connect|timers|update-source|ebgp-multihop)"
    r"|timers (?:bgp|throttle spf|throttle lsa all|lsa min-arrival))(?= )"
)
"""Lines of which there is one: a new value takes the old one's place, and taking the old one away could take more."""


class NotConfiguration(ValueError):
    """The text is no FRR configuration."""


def paths(text: str) -> dict[Path, bool]:
    """Every line by its path, in order; true for those that hold a block. NotConfiguration for odd indentation."""
    found: dict[Path, bool] = {}
    around: Path = ()
    for line in text.splitlines():
        words, depth = line.strip(), len(line) - len(line.lstrip(" "))
        if not words or words.startswith("!") or words in ("Building configuration...", "Current configuration:"):
            continue
        if ENDS.match(words):
            around = around[:depth]
            continue
        if depth > len(around):
            raise NotConfiguration(f"indentasi tidak wajar: {line!r}")
        around = around[:depth]
        if around:
            found[around] = True
        around = (*around, words)
        found.setdefault(around, _is_block(words, depth))
    return found


def _is_block(words: str, depth: int) -> bool:
    blocks = r"(?:interface|router|route-map|vrf|key chain|line|pbr-map|nexthop-group|segment-routing) "
    return bool(re.match(blocks if depth == 0 else r"address-family |key \d+$", words))


def commands(have: str, want: str, replace: bool = True) -> tuple[str, ...]:
    """Lines to type in configuration mode. Without `replace`, `want` is merged: only its `no ...` take away."""
    old, new = paths(have), paths(want)
    gone = _removals(old, new) if replace else [path for path in new if _negated(path) in old]
    typed = [_typed(path, _negative(path[-1]) if replace else path[-1]) for path in gone]
    # A line `no X` where X stands is a removal, typed already.
    typed += [_typed(path, path[-1]) for path in new if path not in old and _negated(path) not in old]
    return _grouped(typed)


def _removals(old: dict[Path, bool], new: dict[Path, bool]) -> list[Path]:
    gone: list[Path] = []
    for path, block in old.items():
        if path in new or KEPT.match(path[0]) or any(path[: len(above)] == above for above in gone):
            continue
        # There is no `no interface` for a real port, nor `no address-family`: what is in them goes line by line.
        if block and path[-1].startswith(("interface ", "address-family ")):
            continue
        if not _overwritten(path, new) and not _goes_with_neighbor(path, gone):
            gone.append(path)
    return gone


def _overwritten(path: Path, new: dict[Path, bool]) -> bool:
    single = OVERWRITES.match(path[-1])
    if single is None:
        return False
    return any(line[:-1] == path[:-1] and line[-1].startswith(f"{single[0]} ") for line in new)


def _goes_with_neighbor(path: Path, gone: list[Path]) -> bool:
    """Whether an earlier `no neighbor X remote-as` has taken this line of the same neighbour along."""
    match = re.match(r"neighbor (\S+) ", path[-1])
    if not match or path[0][:10] != "router bgp":
        return False
    return any(line[0] == path[0] and line[-1].startswith(f"neighbor {match[1]} remote-as") for line in gone)


def _negative(words: str) -> str:
    if words.startswith("no "):
        return words[3:]
    return "no description" if words.startswith("description ") else f"no {words}"


def _negated(path: Path) -> Path:
    return (*path[:-1], path[-1].removeprefix("no ")) if path[-1].startswith("no ") else ("\0",)


def _typed(path: Path, command: str) -> tuple[Path, str]:
    return path[:-1], command


def _grouped(typed: list[tuple[Path, str]]) -> tuple[str, ...]:
    """Each line within its blocks, entering a block once for lines that follow each other."""
    lines: list[str] = []
    inside: Path = ()
    for around, command in typed:
        if around != inside:
            lines += ["exit"] * len(inside)
            lines += around
            inside = around
        lines.append(command)
        if not around and _is_block(command, 0):
            inside = (command,)
        elif around and _is_block(command, 1):
            inside = (*around, command)
    return tuple(lines + ["exit"] * len(inside))
