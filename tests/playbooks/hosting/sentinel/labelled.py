"""Pages whose truth is known, served by a real server on loopback: each under a name of its own, as visitors get it.

A set is a folder of YAML files, one a label; `layouts.yaml` beside it holds the pages into which cases are put.
"""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent
SETS = (
    "known",
    "unseen",
    "fresh",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
GOOD = frozenset({"clean", "near"})
"""Labels of pages with nothing slipped in; `near` ones speak of gambling, or hide things, as ordinary sites do."""


@dataclass(frozen=True)
class Case:
    """One page with its label and what it serves to whom."""

    name: str
    label: str
    given: Mapping[str, Any] = field(repr=False)
    layouts: Mapping[str, str] = field(repr=False)

    @property
    def bad(self) -> bool:
        return self.label not in GOOD

    @property
    def host(self) -> str:
        return f"{self.name}.contohkab.go.id"

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a request."""
        shown = {**self.given, **self._variant(headers)}
        if path != "/":
            text = shown.get("files", {}).get(path)
            return _missing() if text is None else _file(self._at(text, headers))
        if target := shown.get("redirect"):
            return 302, {"Location": target}, b""
        kind = f"text/html; charset={shown.get('charset', 'utf-8')}"
        return (
            int(shown.get("status", 200)),
            {"Content-Type": kind},
            self._at(self._page(shown), headers).encode(shown.get("charset", "utf-8"), "xmlcharrefreplace"),
        )

    def _variant(self, headers: Mapping[str, str]) -> Mapping[str, Any]:
        agent, referer = headers.get("User-Agent") or "", headers.get("Referer") or ""
        tests = {
            "to_crawler": "Googlebot" in agent,
            "to_searcher": "google." in referer and "Googlebot" not in agent,
            "to_phone": "Mobile" in agent and "google." in referer,
            "to_person": "Googlebot" not in agent and "google." not in referer,
        }
        return next((self.given[name] for name, true in tests.items() if true and name in self.given), {})

    def _at(self, text: str, headers: Mapping[str, str]) -> str:
        """A text whose addresses of the site itself lead to where it is served."""
        return text.replace(f"http://{self.host}", f"http://{headers.get('Host', self.host)}")

    def _page(self, shown: Mapping[str, Any]) -> str:
        if "page" in shown:
            return str(shown["page"])
        page = self.layouts[shown.get("layout", "portal")]
        for name in ("title", "head", "top", "body", "foot"):
            page = page.replace(
                f"{{{{{name}}}}}", str(shown.get(name, shown.get("title", "") if name == "title" else ""))
            )
        return page


def _missing() -> tuple[int, dict[str, str], bytes]:
    return 404, {"Content-Type": "text/html"}, b"<html><title>404</title><h1>Halaman tidak ditemukan</h1></html>"


def _file(text: str) -> tuple[int, dict[str, str], bytes]:
    if text.startswith("gzip:"):
        return 200, {"Content-Type": "application/gzip"}, gzip.compress(text[5:].encode())
    return 200, {"Content-Type": "text/plain"}, text.encode()


def cases(name: str) -> list[Case]:
    """The cases of a set."""
    yaml = YAML(typ="safe")
    layouts = yaml.load(HERE / name / "layouts.yaml")
    found = []
    for path in sorted((HERE / name).glob("*.yaml")):
        if path.stem != "layouts":
            found += [
                Case(f"{path.stem}-{key}", path.stem, _made(given), layouts) for key, given in yaml.load(path).items()
            ]
    return found


def _made(given: Mapping[str, Any]) -> dict[str, Any]:
    """Shorthand in texts: [[b64:...]] is what it holds in base64, [[codes:...]] in character codes."""
    return {key: _made(value) if isinstance(value, dict) else _encoded(value) for key, value in given.items()}


def _encoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = re.sub(
        r"\[\[b64:(.*?)\]\]", lambda found: base64.b64encode(found[1].encode()).decode(), value, flags=re.DOTALL
    )
    return re.sub(r"\[\[codes:(.*?)\]\]", lambda found: ",".join(str(ord(mark)) for mark in found[1]), value)


@contextmanager
def served(every: list[Case]) -> Iterator[int]:
    """The port of a server on loopback that answers for all cases, by the name it is asked under."""
    by_host = {case.host: case for case in every}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: two wait for each other (Nagle, delayed ACK)

        def do_GET(self) -> None:
            case = by_host[self.headers["Host"].partition(":")[0]]
            status, headers, body = case.answer(self.path, self.headers)
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
