"""A double of the office's mail server: it takes every mail and puts it into a folder, where it can be read."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path

from flows.demo.parts import LOOPBACK, Loop, Part

_LONGEST_LINE = 4096


async def postbox(loop: Loop, folder: Path) -> tuple[int, Part]:
    """Port of an SMTP server (RFC 5321) that keeps what it is given as .eml files in `folder`."""
    folder.mkdir()
    server = await asyncio.start_server(lambda r, w: _converse(folder, r, w), LOOPBACK, 0, limit=_LONGEST_LINE)

    async def close() -> None:
        server.close()

    loop.on_close(close)
    port = int(server.sockets[0].getsockname()[1])
    return port, Part("Server surel", False, f"pengganti: surel disimpan di {folder}, tidak dikirim")


async def _converse(folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    recipient = ""
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        reply = b"220 demo"
        while reply:
            writer.write(reply + b"\r\n")
            await writer.drain()
            line = (await reader.readuntil(b"\n")).decode("latin-1").strip()
            verb = line[:4].upper()
            if verb == "RCPT":
                recipient = line
            if verb == "DATA":
                await _take(folder, recipient, reader, writer)
            reply = {"QUIT": b"", "EHLO": b"250 demo"}.get(verb, b"250 baik")
    writer.close()


async def _take(folder: Path, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"354 silakan\r\n")
    text = b""
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        text += line.removeprefix(b".") if line.startswith(b"..") else line
    address = re.search(r"<([^>]*)>", recipient)
    name = re.sub(r"[^a-z0-9.@-]", "_", address[1].lower()) if address else "tanpa-alamat"
    (folder / f"{len(list(folder.iterdir())) + 1:02}-{name}.eml").write_bytes(text)
