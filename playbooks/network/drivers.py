"""netmiko's class for each platform, with reads that wait; RouterOS's console, which repaints lines, has its own."""

from __future__ import annotations

import functools
import re
import time
from typing import Any

from netmiko.exceptions import ReadTimeout
from netmiko.mikrotik import MikrotikRouterOsSSH
from netmiko.ssh_dispatcher import CLASS_MAPPER

from playbooks.network.platforms.platform import Platform
from playbooks.network.terminal import LineTerminal, Terminal, echo

REPAINT_S = 0.3
"""How long a prompt right behind the echo is doubted: RouterOS paints its line again before the answer."""


class RouterOsTerminal(Terminal, MikrotikRouterOsSSH):
    """RouterOS console, with colours, echo of the terminal's size and paging off by login options (+ct511w4098h)."""

    nudged = False
    """Whether this answer was empty so far and an empty line was sent after it."""

    def session_preparation(self) -> None:
        """Wait for the prompt; answer the licence question and the notes that a first log-in shows."""
        self.shape = r"NAME (?:/[^\n>]{0,80})?>"
        questions = {
            "software license": "n",
            'Press "Enter"': self.RETURN,
            'type "r"': self.RETURN,
            "new password>": "\x03",
        }
        prompt = self.shape.replace("NAME", r"\[[^\n@]+@[^\n]+\]")
        wanted = "|".join([rf"\n{prompt} ?\Z", *map(re.escape, questions)])
        for _ in range(6):
            seen = self.read_until_pattern(wanted, self.conn_timeout)
            asked = next((reply for question, reply in questions.items() if seen.endswith(question)), None)
            if asked is None:
                break
            self.write_channel(asked)
        # A note may show what looks like a prompt: the prompt is what an empty line brings again.
        self.write_channel(self.RETURN)
        self._read_buffer = "\n" + seen.rpartition("\n")[2]
        seen = self.read_until_pattern(rf"\n({prompt})\s*\n\s*\1 ?\Z", self.conn_timeout)
        self.base_prompt = seen.rpartition("\n")[2].strip()
        self.name = self.base_prompt[: self.base_prompt.rindex("]") + 1]

    def cleanup(self, command: str = "/quit") -> None:
        super().cleanup(command)

    def ask(self, command: str, read_timeout: float = 20.0, careful: bool = False) -> str:
        """No line of RouterOS begins like its prompt: it prints texts quoted and their line ends as letters."""
        self.nudged = False
        return super().ask(command, read_timeout, careful)

    def _more(self, parts: list[str], command: str, end: float) -> str:
        """A prompt right behind the echo may be the line painted again: wait, then make the device show another."""
        body = re.sub(self.prompt + r"\s*\Z", "", "".join(parts))
        if self.nudged or self.without_repaint(body, command).strip():
            return ""
        try:
            return self.pull(min(end, time.monotonic() + REPAINT_S))
        except ReadTimeout:
            self.nudged = True
            self.write_channel(self.RETURN)
            return self.pull(end)

    def without_repaint(self, text: str, command: str) -> str:
        """RouterOS may paint prompt and command again once or twice before the answer begins."""
        repaint = r"\A\s*(?:" + self.prompt + r"\s*)?" + echo(command) + r"[ \t]*(?=\n|\Z)"
        while match := re.match(repaint, text):
            text = text[match.end() :]
        if self.nudged:
            text = re.sub(r"(?:\A|\n)" + self.prompt + r"\s*\Z", "", text)
        return text.strip("\n")


@functools.cache
def driver(platform: Platform) -> type[Any]:
    """netmiko's class for a platform, with reads that wait."""
    if platform.name == "mikrotik_routeros":
        return RouterOsTerminal
    return type(
        "PlatformTerminal", (LineTerminal, CLASS_MAPPER[platform.netmiko or platform.name]), {"platform": platform}
    )
