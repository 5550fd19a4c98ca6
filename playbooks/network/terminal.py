"""netmiko's drivers with reads that wait: an answer counts only from its echo to the whole prompt after it.

Why not netmiko's own loops: they poll, they take a prompt left over from before for the end of an answer (an empty
text then passes for a configuration), and they mend a CR or a character split across two reads by luck.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import paramiko
from netmiko.exceptions import ReadException, ReadTimeout

from playbooks.findings import Reason
from playbooks.network.greeting import ASKED, OPEN, Stopped, no_prompt, reply
from playbooks.network.platforms.platform import Platform
from playbooks.network.screen import PAGED, Screen
from playbooks.network.syslog import without_log
from playbooks.network.transport import Client

TAIL = 400
"""How much of the end of what came is searched for a prompt; longer than any prompt line."""
QUIET_S = 1.0
"""After so long a silence behind a prompt with something printed over it, another prompt is asked for."""
GREETING_S = 3.0
"""How long the first prompt may take; some show none until something is typed."""
PAUSE_S = 0.3
"""A question is one when nothing follows it for so long: banners quote questions."""
PAGER = re.compile(
    r"[ \t]*(?:<?-{2,4} ?\(?(?i:more)\b(?: ?\d+%)?\)? ?-{2,4}>?|lines \d+-\d+|-- \[Q quit\|"
    r"|-*[ (]*(?i:press|type|hit) (?:any key|<\w+>))[^\n]{0,80}\Z"
)
"""What a pager asks, alone on its line: Cisco and its kin, VRP, Comware, Junos, ArubaOS, FortiOS, less, RouterOS."""


class Closed(ReadException):
    """The device ended the session in mid-answer."""


class Terminal:
    """Mix-in over a netmiko driver class."""

    end_of_time = float("inf")
    """Moment (time.monotonic) by which everything asked of this device must be done."""
    name, shape = "", "NAME"
    """What stands for NAME in `shape`, the pattern of the device's prompt, mode included."""
    greeting = ""
    """The first prompt as it was shown."""
    line = ""
    """What came since the last line end."""
    careful = False
    """Whether a prompt counts only once an empty line was answered by the same."""

    def __init__(self, host_keys: paramiko.HostKeys, **login: Any) -> None:
        """`host_keys`: the keys that the device may show; `login`: as netmiko's. Connects."""
        self.host_keys = host_keys
        super().__init__(**login)

    def _get_ssh_client_instance(self) -> paramiko.SSHClient:
        return Client()

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client: paramiko.SSHClient = super()._build_ssh_client()  # type: ignore[misc]
        client.get_host_keys().update(self.host_keys)
        return client

    @functools.cached_property
    def screen(self) -> Screen:
        return Screen()

    def cleanup(self, command: str = "exit") -> None:
        """Leave without asking for the mode first: on a hung session that would take another 10 s.

        Before the first prompt nothing is typed: it might be taken for a new password.
        """
        if self.name:
            self.write_channel(command + self.RETURN)  # type: ignore[attr-defined]

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """netmiko's, without its flat wait: `session_preparation` waits for what it needs."""
        del force_data
        try:
            self.session_preparation()
        except Exception:
            self.disconnect()  # type: ignore[attr-defined]
            raise

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Nothing: `session_preparation` answers what is asked."""
        del delay_factor

    def session_preparation(self) -> None:
        raise NotImplementedError

    def pull(self, end: float) -> str:
        """What came, at least a character; ReadTimeout after the moment `end`, Closed when the device hung up.

        A pager's question is answered; it is taken out once the answer is whole.
        """
        while not (text := self.screen.read(self._receive(end))):
            pass
        self.line = re.split(f"[\n{PAGED}]", (self.line + text[-TAIL:])[-TAIL:])[-1]
        if PAGER.match(self.line):
            self.line, self.screen.wiping = "", True
            self.write_channel(" ")  # type: ignore[attr-defined]
        return text

    def _receive(self, end: float) -> bytes:
        channel = self.remote_conn  # type: ignore[attr-defined]
        left = min(end, self.end_of_time) - time.monotonic()
        if left <= 0:
            raise ReadTimeout("no answer in time")
        channel.settimeout(left)
        try:
            data: bytes = channel.recv(65536)
        except TimeoutError:
            raise ReadTimeout("no answer in time") from None
        if not data:
            raise Closed("the device closed the session")
        return data

    def read_until_pattern(
        self, pattern: str = "", read_timeout: float = 10.0, re_flags: int = 0, max_loops: int | None = None
    ) -> str:
        """As netmiko's; waits for data instead of looking for it."""
        del max_loops
        end = time.monotonic() + (read_timeout or 3600)
        wanted = re.compile(pattern, re_flags)
        text, self._read_buffer = getattr(self, "_read_buffer", ""), ""
        while not (match := wanted.search(text, max(0, len(text) - 70000))):
            text += self.pull(end)
        self._read_buffer = text[match.end() :]
        return text[: match.end()]

    def ask(self, command: str, read_timeout: float = 20.0, careful: bool = False) -> str:
        """The device's answer to `command`, without echo and prompt; lines end with \\n.

        `careful`: a line of the answer may look like the prompt, as one of a banner does, and must not end it.

        Raises ReadTimeout, Stopped, or Closed when the device hangs up.
        """
        end = time.monotonic() + read_timeout
        self.careful, self._read_buffer, self.screen.unwiped = careful, "", False
        self.write_channel(command + self.RETURN)  # type: ignore[attr-defined]
        self.read_until_pattern(echo(command.strip()), read_timeout)
        return self._answer(command.strip(), end)

    def order(self, command: str, read_timeout: float) -> str:
        """`ask` for what changes something: the device may ask back."""
        return self.ask(command, read_timeout)

    def _answer(self, command: str, end: float) -> str:
        parts, self._read_buffer = [self._read_buffer], ""
        tail = parts[0][-TAIL:]
        while more := self._next(tail, end) if self.before_prompt(tail) is None else self._more(parts, command, end):
            parts.append(more)
            tail = (tail + more)[-TAIL:]
        if self.screen.unwiped:
            raise Stopped(Reason.INCOMPLETE, "perangkat berhenti per halaman di tengah jawaban")
        text = self.without_prompt("".join(parts))
        return self.without_repaint(re.sub(f"[^\n]*{PAGED}", "", text) if PAGED in text else text, command)

    def _next(self, tail: str, end: float) -> str:
        """What comes next; `tail` is the end of what came."""
        del tail
        return self.pull(end)

    def _more(self, parts: list[str], command: str, end: float) -> str:
        """What still comes after a prompt; empty when that prompt ends the answer."""
        del parts, command, end
        return ""

    def without_prompt(self, text: str) -> str:
        """`text` without the last prompt, and without one before it over which only log lines were printed."""
        text = self._without_end(text)
        tail = text[-TAIL:]
        for hidden in re.finditer(r"(?:\A|\n)" + self.prompt, tail) if self.name in tail else ():
            over = tail[hidden.end() :]
            if not without_log(over.lstrip(" ")).strip():
                return text[: len(text) - len(over) - len(hidden[0])]
        return text

    def _without_end(self, text: str) -> str:
        before = self.before_prompt(text[-TAIL:])
        return text if before is None else text[:-TAIL] + before

    def before_prompt(self, tail: str) -> str | None:
        """What stands before the prompt that `tail` ends with; None when it ends with none."""
        match = _ending(self.shape).match(f"{self.name}\n{tail}")
        return match["before"].removesuffix("\n") if match else None

    @property
    def prompt(self) -> str:
        """The pattern of this device's prompt."""
        return self.shape.replace("NAME", re.escape(self.name))

    def without_repaint(self, text: str, command: str) -> str:
        """The answer proper; `text` begins right behind the first echo."""
        del command
        return text.partition("\n")[2] if text.startswith("\n") else text.lstrip(" ").removeprefix("\n")


@functools.cache
def _ending(shape: str) -> re.Pattern[str]:
    """A name, a line end, and a text that ends with the prompt: a pattern for each device would be slow to compile."""
    prompt = shape.replace("NAME", "(?P=name)")
    return re.compile(rf"(?P<name>[^\n]*)\n(?P<before>(?:(?s:.*?)\n)?){prompt}[ \t]*\Z")


def echo(command: str) -> str:
    """The pattern of a command as it is echoed, broken at the terminal's edge or not."""
    return r"(?: ?\n)?".join(map(re.escape, command))


class LineTerminal(Terminal):
    """A terminal that its platform describes: what is sent at log-in and how the prompt looks. Pagers are answered."""

    platform: Platform
    expected: Mapping[str, str] = MappingProxyType({})
    """Questions that are answered now, each once."""
    doubts = 0
    """How often in this answer the device was asked for another prompt."""
    doubted = 0
    """Parts of the answer that had come when it was last asked."""

    def session_preparation(self) -> None:
        """Set the terminal up in one write; the prompt is what follows the last echo, whatever a banner shows.

        Nothing is typed before the device shows a prompt or falls silent: it might ask for a new password.
        """
        self.ansi_escape_codes = False
        shape = _unpinned(self.platform.prompt)
        self.met(rf"(?:\A|\n){shape}[ \t]*\Z", GREETING_S)
        sent, wanted = self.platform.paging or ("", ""), awaited(self.platform)
        self.write_channel("".join(command + self.RETURN for command in sent))  # type: ignore[attr-defined]
        seen = self.met(wanted, 0)
        named = [found for match in re.finditer(wanted, seen) for found in match.groupdict().values() if found]
        self.base_prompt, self.greeting = named[0], seen.rstrip()
        self.name, self.shape = self.base_prompt[:NAME_KEPT], _shortened(self.platform.prompt, self.base_prompt)

    def met(self, wanted: str, silence: float) -> str:
        """What comes until `wanted`, or until nothing is asked and nothing comes for `silence` seconds (0: no matter).

        Known questions are answered. Raises Stopped.
        """
        end, pattern, seen, answered = time.monotonic() + self.conn_timeout, re.compile(wanted), "", 0  # type: ignore[attr-defined]
        while not pattern.search(seen):
            last = seen[answered:].rpartition("\n")[2][-TAIL:]
            asked = ASKED.search(last)
            patience = PAUSE_S if asked else silence
            try:
                seen += self.pull(min(end, time.monotonic() + patience) if patience else end)
            except ReadTimeout:
                if not asked and (time.monotonic() >= end or OPEN.search(last)):
                    raise no_prompt(last) from None
                if not asked:
                    break
                self.write_channel(reply(last).replace("\n", self.RETURN))  # type: ignore[attr-defined]
                answered = len(seen)
        return seen

    def pull(self, end: float) -> str:
        """As always; what an order may ask is answered too."""
        text = super().pull(end)
        asked = next((question for question in self.expected if re.search(question, self.line)), None)
        if asked is not None:
            self.line, keys = "", self.expected[asked]
            self.expected = {question: other for question, other in self.expected.items() if question != asked}
            self.write_channel(keys + self.RETURN)  # type: ignore[attr-defined]
        return text

    def order(self, command: str, read_timeout: float) -> str:
        """Only here are questions answered: what a device shows may look like one."""
        self.line, self.expected = "", self.platform.questions
        try:
            return self.ask(command, read_timeout)
        finally:
            self.expected = {}

    def ask(self, command: str, read_timeout: float = 20.0, careful: bool = False) -> str:
        self.doubts, self.doubted = 0, 0
        return super().ask(command, read_timeout, careful)

    def _next(self, tail: str, end: float) -> str:
        """What is printed over a prompt, as a log line is, hides it; then another is asked for."""
        # A pattern with this device's name takes longer to compile than an answer to read.
        if self.expected or self.name not in tail or not re.search(r"(?:\A|\n)" + self.prompt, tail):
            return self.pull(end)
        try:
            return self.pull(min(end, time.monotonic() + QUIET_S))
        except ReadTimeout:
            return self._again(end)

    def _more(self, parts: list[str], command: str, end: float) -> str:
        del command
        since = "".join(parts[self.doubted :])
        if not self.careful or (self.doubts and not re.sub(self.prompt, "", since).strip()):
            return ""
        self.doubted = len(parts)
        return self._again(end)

    def _again(self, end: float) -> str:
        self.doubts += 1
        self.write_channel(self.RETURN)  # type: ignore[attr-defined]
        return self.pull(end)

    def without_prompt(self, text: str) -> str:
        """Without those before it, too, that were asked for."""
        for _ in range(self.doubts):
            text = self._without_end(text)
        return super().without_prompt(text)


_AFTER_ECHO = r"{echo}\n(?:[^\n]*\n)*+(?:{prompt})[ \t]*\Z"
_TWICE = r"(?:\A|\n)({prompt})[ \t]*\n+\1[ \t]*\Z"
NAME_KEPT = 16
"""Modes and old systems shorten a long name; so much of it is kept everywhere."""


def awaited(platform: Platform) -> str:
    """The pattern of what a log-in ends with: the last echo and a prompt behind it, or the same prompt twice."""
    shape = _unpinned(platform.prompt)
    if not platform.paging:
        return _TWICE.format(prompt=shape)
    return _AFTER_ECHO.format(echo=re.escape(platform.paging[-1]), prompt=shape)


def _unpinned(prompt: str) -> str:
    """Each place of the name a group of its own, as it is not known yet."""
    first, *others = prompt.split("NAME")
    return first + "".join(rf"(?P<name{no}>{_NAME}){each}" for no, each in enumerate(others))


_NAME = r"[^\s#>$%@<\[\](){}:~*]+(?: [^\s#>$%@<\[\](){}:~*]+){0,9}?"


def _shortened(prompt: str, name: str) -> str:
    return prompt.replace("NAME", r"NAME[^\n#>$<\[\]]{0,64}") if len(name) > NAME_KEPT else prompt
