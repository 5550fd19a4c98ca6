"""What devices ask between a log-in and the first prompt: what may be answered, and what ends the visit.

Nothing here says yes, and nothing sets a password: a device that insists on a new one is a person's work.
"""

from __future__ import annotations

import re

from netmiko.exceptions import ReadException

from playbooks.findings import Reason

REPLIES = {
    r"press any key to continue\b[^\n]{0,40}": " ",
    r"\(press '?a'? to accept\) ?:?": "a",
    r"(?:chang|modif|renew|reset)[^\n]{0,80}\[y(?:es)?/n(?:o)?\] ?[:?]?": "N\n",
    r"do you want to see the software license\? \[Y/n\] ?:?": "n",
}
"""Questions, as the last and unfinished line ends with them, and what is typed (\\n is the return key). ArubaOS-Switch;
FortiOS (post-login banner); VRP and Comware (an initial password or one that expires); RouterOS."""
DEMANDS = (
    r"(?:new|old|current|confirm|re-?enter|re-?type|repeat)\b[^\n]{0,40}\bpassword\b[^\n]{0,40}[:>]",
    r"\benter (?:the )?password for [^\n]{0,40}:",
    r"(?:new|confirm|re-?enter|re-?type)[^\n]{0,20}\bsecret\b[^\n]{0,20}:",
)
"""How a device demands a new password."""
ASKED = re.compile("|".join(f"(?:{each})[ \\t]*\\Z" for each in (*REPLIES, *DEMANDS)), re.IGNORECASE)
"""Any of them, at the end of a line that is not over."""
OPEN = re.compile(r"[?:>\])][ \t]*\Z")
"""How a line ends on which something may be asked."""


class Stopped(ReadException):
    """A session that came to a stand: why, in the stable vocabulary, with a line for a technician (Indonesian)."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def reply(line: str) -> str:
    """What is typed at the question that `line` ends with; empty when it is none. Raises Stopped."""
    if any(re.search(rf"{pattern}[ \t]*\Z", line, re.IGNORECASE) for pattern in DEMANDS):
        raise Stopped(
            Reason.LOGIN_REFUSED,
            "perangkat meminta kata sandi baru: masuk dan gantilah sendiri, lalu perbarui kredensialnya",
        )
    return next((keys for pattern, keys in REPLIES.items() if re.search(pattern, line, re.IGNORECASE)), "")


def no_prompt(line: str) -> Stopped:
    """What is told when `line` is the last that the device showed."""
    shown = "".join(filter(str.isprintable, line.strip()[-80:]))
    return Stopped(Reason.TIMEOUT, f"tidak ada prompt; baris terakhir: {shown!r}" if shown else "tidak ada prompt")
