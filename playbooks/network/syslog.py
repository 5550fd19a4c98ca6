"""Log lines that a device prints into a terminal, by vendors' message guides.

Cisco, Arista, Ruijie `%LINK-3-UPDOWN:` (in mid-line only with its time), VRP `%%01IFNET/4/LINK_STATE`, Comware
`%Nov 21 ... IFNET/3/PHY_UPDOWN`, RouterOS `echo:`, syslogd (Junos, EdgeOS, VyOS, Linux), ArubaOS-Switch
`W 11/21/26 ...`, EdgeSwitch `<14> Nov 21 ...`, AOS-CX.
"""

from __future__ import annotations

import re

_STAMP = (
    r"(?:\d+: |<\d+> ?|\d{4} (?=\w{3} ))?"
    r"[*.]?(?:\w{3} +\d+|\d{4}-\d\d-\d\d|\w{3}/\d\d/\d{4}|\d\d:\d\d:\d\d|(?:\d+[ywdh]){1,2}(?=: ))"
)
_CISCO = r"%[A-Z][A-Z0-9_]+-(?:[A-Z0-9_]+-)*[0-7]-[A-Z0-9_]+ ?: "
_VRP = r"%%\d\d[A-Z][A-Z0-9_]*/[0-7]/[A-Z0-9_]+"
_WITH_PERCENT = re.compile(
    rf"^(?:{_STAMP}.*?)?{_CISCO}"
    rf"|[*.]?\b[A-Z][a-z]{{2}} +\d+ (?:\d{{4}} )?\d\d:\d\d:\d\d.{{0,60}}?: {_CISCO}"
    rf"|(?:^{_STAMP}.*?)?{_VRP}"
    r"|%[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d:\d{3} \d{4} \S+ [A-Z0-9_]+/[0-7]/[A-Z0-9_]+"
)
_OTHERS = (
    r"(?:(?:\S+ )?\d\d:\d\d:\d\d echo: "
    r"|(?:Message from syslogd@|Broadcast [Mm]essage from )\S"
    r"|[IWMDE] \d\d/\d\d/\d\d \d\d:\d\d:\d\d \d{5} [\w -]+: "
    r"|<\d+> \w{3} +\d+ \d\d:\d\d:\d\d \S+ [A-Z0-9_]+\["
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \S+ [\w.-]+\[\d+\]: )"
)
_OTHER, _OTHER_BELOW = re.compile(_OTHERS), re.compile(r"\n" + _OTHERS)


def log_line(text: str) -> str:
    """The first line of `text` that is, or ends in, a log message, from where that begins; "" when there is none."""
    # A configuration is long and has few such signs: only lines with one are looked at closely.
    marked = (line for line in text.split("\n") if "%" in line) if "%" in text else ()
    if found := next(filter(None, map(_WITH_PERCENT.search, marked)), None):
        return found.string[found.start() :]
    other = _OTHER_BELOW.search("\n" + text)
    return other.string[other.start() + 1 :].partition("\n")[0] if other else ""


def without_log(text: str) -> str:
    """`text` without the lines that are log messages."""
    return "\n".join(line for line in text.split("\n") if not (_OTHER.match(line) or _WITH_PERCENT.match(line)))
