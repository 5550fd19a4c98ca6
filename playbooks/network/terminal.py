"""netmiko's drivers with reads that wait: an answer counts only from its echo to the whole prompt after it.

Why not netmiko's own loops: they poll, they take a prompt left over from before for the end of an answer (an empty
text then passes for a configuration), and they mend a CR or a character split across two reads by luck.
"""

from __future__ import annotations

import codecs
import functools
import re
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import paramiko
from netmiko.exceptions import ReadException, ReadTimeout
from netmiko.mikrotik import MikrotikRouterOsSSH
from netmiko.ssh_dispatcher import CLASS_MAPPER

from playbooks.network.platforms.platform import Platform
from playbooks.network.transport import Client

ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>78cDEHMZ]|\][^\x07\x1b]*\x07)")
TAIL = 400
"""How much of the end of what came is searched for a prompt; longer than any prompt line."""
REPAINT_S = 0.3
"""How long a prompt right behind the echo is doubted: RouterOS paints its line again before the answer."""


class Closed(ReadException):
    """The device ended the session in mid-answer."""


class Terminal:
    """Mix-in over a netmiko driver class. `prompt` is a pattern's text for the prompt of the device, mode included."""

    rest = b""
    end_of_time = float("inf")
    """Moment (time.monotonic) by which everything asked of this device must be done."""
    prompt = ""
    greeting = ""
    """The first prompt as it was shown."""
    paging: tuple[str, ...] = ()

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
    def decoder(self) -> codecs.IncrementalDecoder:
        return codecs.getincrementaldecoder("utf-8")("replace")

    def cleanup(self, command: str = "exit") -> None:
        """Leave without asking for the mode first: on a hung session that would take another 10 s."""
        self.write_channel(command + self.RETURN)  # type: ignore[attr-defined]

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """netmiko's, without its flat wait: `session_preparation` waits for what it needs."""
        del force_data
        try:
            self.session_preparation()
        except Exception:
            self.disconnect()  # type: ignore[attr-defined]
            raise

    def session_preparation(self) -> None:
        raise NotImplementedError

    def pull(self, end: float) -> str:
        """What came, at least a character; ReadTimeout after the moment `end`, Closed when the device hung up."""
        while not (text := self._text(self._receive(end))):
            pass
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

    def _text(self, data: bytes) -> str:
        """Decoded, with \\n line ends; a CR or an escape sequence at the end waits for what follows it."""
        data = self.rest + data
        cut = _WAITING.search(data, max(0, len(data.rstrip(b"\r")) - 21))
        data, self.rest = (data[: cut.start()], data[cut.start() :]) if cut else (data, b"")
        text = self.decoder.decode(data)
        if "\x1b" in text:
            text = ESCAPES.sub("", text)
        return _with_line_ends(text).replace("\0", "")

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

    def ask(self, command: str, read_timeout: float = 20.0) -> str:
        """The device's answer to `command`, without echo and prompt; lines end with \\n.

        Raises ReadTimeout, or Closed when the device hangs up.
        """
        end = time.monotonic() + read_timeout
        self._read_buffer = ""
        self.write_channel(command + self.RETURN)  # type: ignore[attr-defined]
        self.read_until_pattern(re.escape(command.strip()), read_timeout)
        return self._answer(command.strip(), end)

    def order(self, command: str, read_timeout: float) -> str:
        """`ask` for what changes something: the device may ask back."""
        return self.ask(command, read_timeout)

    def _answer(self, command: str, end: float) -> str:
        finish = re.compile(r"(?:\A|\n)" + self.prompt + r"[ \t]*\Z")
        parts, self._read_buffer = [self._read_buffer], ""
        tail = parts[0][-TAIL:]
        while more := self._more(parts, command, end) if finish.search(tail) else self.pull(end):
            parts.append(more)
            tail = (tail + more)[-TAIL:]
        text = "".join(parts)
        match = finish.search(text, max(0, len(text) - TAIL))
        return self.without_repaint(text[: match.start()] if match else text, command)

    def _more(self, parts: list[str], command: str, end: float) -> str:
        """What still comes after a prompt; empty when that prompt ends the answer."""
        del parts, command, end
        return ""

    def without_repaint(self, text: str, command: str) -> str:
        """The answer proper; `text` begins right behind the first echo."""
        del command
        return text.partition("\n")[2] if text.startswith("\n") else text.lstrip(" ").removeprefix("\n")


_WAITING = re.compile(rb"(?<!\r)\r+\Z|\x1b[^A-Za-z]{0,20}\Z")


def _with_line_ends(text: str) -> str:
    """`text` whose lines end with \\n, however the device ends them."""
    plain = text.replace("\r\n", "\n")
    # Most devices send nothing but CR LF.
    return re.sub(r"\r+\n?|\n\r", _line_end, text) if "\r" in plain else plain


def _line_end(found: re.Match[str]) -> str:
    """One for CR and LF in any number and order; each CR alone is one, as RouterOS ends the lines it paints again."""
    return "\n" if "\n" in found[0] else "\n" * len(found[0])


class LineTerminal(Terminal):
    """A terminal that its platform describes: what is sent at log-in, how the prompt looks, how the pager asks."""

    platform: Platform
    line = ""
    """What came since the last line end."""
    expected: Mapping[str, str] = MappingProxyType({})
    """Questions that are answered now, each once."""

    def session_preparation(self) -> None:
        """Set the terminal up in one write; the prompt is what follows the last echo, whatever a banner shows."""
        self.ansi_escape_codes = False
        sent, wanted = self.platform.paging or ("", ""), awaited(self.platform)
        self.write_channel("".join(command + self.RETURN for command in sent))  # type: ignore[attr-defined]
        seen = self.read_until_pattern(wanted, self.conn_timeout)  # type: ignore[attr-defined]
        named = [found for match in re.finditer(wanted, seen) for found in match.groupdict().values() if found]
        self.base_prompt, self.greeting = named[0], seen.rstrip()
        self.prompt = self.platform.prompt.replace("NAME", _pinned(self.base_prompt))

    def pull(self, end: float) -> str:
        """As always; a pager's question is answered, and taken out once the answer is whole."""
        text = super().pull(end)
        self.line = (self.line + text).rpartition("\n")[2]
        if self.platform.more and self.line.rstrip().endswith(self.platform.more):
            self.line = ""
            self.write_channel(" ")  # type: ignore[attr-defined]
        asked = next((question for question in self.expected if re.search(question, self.line)), None)
        if asked is not None:
            self.line, reply = "", self.expected[asked]
            self.expected = {question: other for question, other in self.expected.items() if question != asked}
            self.write_channel(reply + self.RETURN)  # type: ignore[attr-defined]
        return text

    def order(self, command: str, read_timeout: float) -> str:
        """Only here are questions answered: what a device shows may look like one."""
        self.line, self.expected = "", self.platform.questions
        try:
            return self.ask(command, read_timeout)
        finally:
            self.expected = {}

    def without_repaint(self, text: str, command: str) -> str:
        """The answer without the pager's questions and the blanks that wiped them away."""
        if self.platform.more:
            text = re.sub(re.escape(self.platform.more) + WIPE, "", text)
        return super().without_repaint(text, command)


WIPE = r"[ \t]*(?:\n[ \t]+\n|\x08+ +\x08+)?"
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
    return first + "".join(rf"(?P<name{no}>[^\s#>$%@<\[\](){{}}:~*]+){each}" for no, each in enumerate(others))


def _pinned(name: str) -> str:
    rest = r"[^\s#>$<\[\]]{0,64}" if len(name) > NAME_KEPT else ""
    return re.escape(name[:NAME_KEPT]) + rest


class RouterOsTerminal(Terminal, MikrotikRouterOsSSH):
    """RouterOS console, with colours, echo of the terminal's size and paging off by login options (+ct511w4098h)."""

    nudged = False
    """Whether this answer was empty so far and an empty line was sent after it."""

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        del delay_factor

    def session_preparation(self) -> None:
        """Wait for the first prompt; answer the licence question and the notes that a first log-in shows."""
        self.prompt = r"\[[^\n\]@]+@[^\n\]]+\] (?:/[^\n>]{0,80})?>"
        questions = {
            "software license": "n",
            'Press "Enter"': self.RETURN,
            'type "r"': self.RETURN,
            "new password>": "\x03",
        }
        wanted = "|".join([r"\n" + self.prompt + r" ?\Z", *map(re.escape, questions)])
        for _ in range(6):
            seen = self.read_until_pattern(wanted, self.conn_timeout)
            asked = next((reply for question, reply in questions.items() if seen.endswith(question)), None)
            if asked is None:
                break
            self.write_channel(asked)
        self.base_prompt = seen.rsplit("\n", 1)[-1].strip()
        self.prompt = re.escape(self.base_prompt[: self.base_prompt.index("]") + 1]) + r" (?:/[^\n>]{0,80})?>"

    def cleanup(self, command: str = "/quit") -> None:
        super().cleanup(command)

    def ask(self, command: str, read_timeout: float = 20.0) -> str:
        self.nudged = False
        return super().ask(command, read_timeout)

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
        repaint = r"\A\s*(?:" + self.prompt + r"\s*)?" + re.escape(command) + r"[ \t]*(?=\n|\Z)"
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
