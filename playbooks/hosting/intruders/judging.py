"""A site's files judged: against its release, by what they are and where they lie, by the marks they bear (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from playbooks.findings import Finding, Severity
from playbooks.hosting.intruders.listing import Entry, Listing
from playbooks.hosting.intruders.marks import Marks
from playbooks.hosting.sentinel import rules
from playbooks.hosting.sentinel.lexicon import Lexicon
from playbooks.hosting.sentinel.page import decoded, take_apart
from playbooks.hosting.sentinel.saying import plain

TOLD = 25
"""Findings of one code that are told one by one; of the rest their number."""
_PHP = re.compile(r"\.(php\d?|phtml|pht|phar|phps)$", re.IGNORECASE)
_PAGE = re.compile(r"\.(x?html?|shtml|svg)$", re.IGNORECASE)
_RULES = re.compile(r"(^|/)(\.htaccess|\.user\.ini|web\.config)$", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(cgi|fcgi|pl|py|rb|sh|jspx?|aspx?|ashx)$", re.IGNORECASE)
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|bmp|ico|svg)$", re.IGNORECASE)
_SECRET = re.compile(
    r"(^|/)(\.env(\.\w{1,20})?|\.git/HEAD|\.svn/wc\.db|\.htpasswd|id_rsa)$"
    r"|\.(sql|sql\.gz|sql\.zip|bak|old|orig|swp)$|(^|/)(backup|cadangan|dump|www|public_html)[\w.-]{0,40}\.(zip|tar|tgz|gz|rar|7z)$",
    re.IGNORECASE,
)
_INFO = re.compile(rb"\bphpinfo\s*\(\s*\w{0,20}\s*\)", re.IGNORECASE)
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)|(?://|#)[^\n]*", re.DOTALL)
_OPEN = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?php(?=\s|\Z)", re.IGNORECASE)
# A line's comment ends at "?>" too, and "#[" begins none.
_NOTHING = re.compile(
    rb"\s+|;|/\*.*?\*/|(?://|#(?!\[))(?:(?!\?>)[^\r\n])*|(?P<over>\?>)"
    rb"|(?P<end>(?:exit|die)\s*(?:\(\s*(?:\d{1,3}|'[^'$]{0,200}')?\s*\)\s*)?(?:;|\?>|\Z))",
    re.IGNORECASE | re.DOTALL,
)
_DEBUG = re.compile(
    rb"define\s*\(\s*['\"]WP_DEBUG['\"]\s*,\s*(true|1)\s*\)|^[ \t]*display_errors\s*=\s*(on|1|true|stdout)\b"
    rb"|ini_set\s*\(\s*['\"]display_errors['\"]\s*,\s*['\"]?(1|on|true)",
    re.IGNORECASE | re.MULTILINE,
)
_DEBUG_FLAGS = {"APP_DEBUG=true", "APP_DEBUG=1", "CI_ENVIRONMENT=development"}
_TAKE_OUT = "Jangan langsung dihapus: amankan buktinya, bandingkan dengan rilis, lalu karantina berkas ini."


@dataclass(frozen=True)
class Meant:
    """What a site is meant to have; paths in `shared` and the release count from there."""

    files: Mapping[str, str] | None
    """SHA-256 of the release's files by path; None when its archive is not at hand."""
    links: Mapping[str, str] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    """Folders of the release that the deploy itself fills on the host."""
    settings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """SHA-256s that a settings file in `shared` may have."""
    own: frozenset[str] = frozenset()
    """Other files in `shared` that this software wrote; their secrets are not read."""
    writes: tuple[str, ...] = ()
    """Folders in `shared` where the website itself writes PHP."""
    seeds: Mapping[str, str] = field(default_factory=dict)
    docroot: str = ""

    def known(self, path: str, sha256: str) -> bool:
        """Whether a file of `shared` came from the release that seeded its folder."""
        for folder, seed in self.seeds.items():
            if path.startswith(f"{folder}/") and (self.files or {}).get(seed + path[len(folder) :]) == sha256 != "":
                return True
        return False


@dataclass(frozen=True)
class Strays:
    """Files that are not what the site is meant to have; paths from the site's folder."""

    changed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    """In `shared/`: code, pages and rules that a visitor might have put there."""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.changed, *self.unknown, *self.uploads)


def strays(listing: Listing, meant: Meant) -> Strays:
    """Which files must be looked into, by name, kind and checksum alone."""
    top = f"releases/{listing.release}/"
    inside = {path.removeprefix(top): entry for path, entry in listing.entries.items() if path.startswith(top)}
    held = {path.removeprefix("shared/"): path for path in listing.entries if path.startswith("shared/")}
    uploads = [path for name, path in held.items() if _is_stray(name, listing.entries[path], path, listing, meant)]
    wrong = [
        f"shared/{name}"
        for name, digests in meant.settings.items()
        if (entry := listing.entries.get(f"shared/{name}")) and entry.sha256 not in digests
    ]
    return Strays(
        (*wrong, *(top + name for name in _changed(inside, meant))),
        tuple(top + name for name in (meant.files or {}) if name not in inside and not _replaced(name, meant)),
        tuple(top + name for name in _unknown(inside, meant)),
        tuple(uploads),
    )


def _replaced(name: str, meant: Meant) -> bool:
    """Whether a link to `shared/` stands where the archive has this file."""
    return any(name == link or name.startswith(f"{link}/") for link in meant.links)


def _changed(inside: Mapping[str, Entry], meant: Meant) -> Iterator[str]:
    for name, entry in inside.items():
        if name in meant.links:
            if entry.kind != "l" or entry.target != meant.links[name]:
                yield name
        elif meant.files and name in meant.files and (entry.kind != "f" or entry.sha256 not in ("", meant.files[name])):
            yield name


def _unknown(inside: Mapping[str, Entry], meant: Meant) -> Iterator[str]:
    if meant.files is None:
        return
    for name in inside:
        made = any(name.startswith(f"{folder}/") for folder in meant.made)
        if name not in meant.links and name not in meant.files and not made:
            yield name


def _is_stray(name: str, entry: Entry, path: str, listing: Listing, meant: Meant) -> bool:
    if name in meant.own or name in meant.settings or meant.known(name, entry.sha256):
        return False
    if entry.kind != "f":
        return True
    return path in listing.php or any(kind.search(name) for kind in (_PHP, _PAGE, _RULES, _PROGRAM))


def served(listing: Listing, meant: Meant) -> frozenset[str]:
    """Files of the release below the folder that visitors get, from there."""
    docroot = _docroot(listing, meant)
    return frozenset(path.removeprefix(docroot) for path in listing.entries if path.startswith(docroot))


def _docroot(listing: Listing, meant: Meant) -> str:
    return f"releases/{listing.release}/{meant.docroot}".rstrip("/") + "/"


def by_interest(paths: Iterable[str]) -> list[str]:
    """What can do most harm first: many dull files must not keep a back door from being read."""
    return sorted(paths, key=lambda path: (not _RULES.search(path), not _PHP.search(path), not _PAGE.search(path)))


def judge(
    listing: Listing, meant: Meant, odd: Strays, shown: Mapping[str, bytes], marks: Marks, lexicon: Lexicon
) -> Iterator[Finding]:
    """Findings of a site's files, all; `shown` holds the contents of strays, as far as they could be read."""
    yield from (
        *_back_doors(odd, shown, marks),
        *_changes(odd, shown),
        *_strangers(odd, shown),
        *_uploads(listing, odd, meant, shown),
        *_pages(odd, shown, lexicon),
        *_laid_open(listing, meant, odd, shown),
        *_debugging(listing, shown),
    )


def told(found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings as a person may read them: of each code the worst, and one for the rest."""
    for code in dict.fromkeys(each.code for each in found):
        yield from _worst([each for each in found if each.code == code])


def _worst(found: list[Finding]) -> Iterator[Finding]:
    """The worst, and one finding for the rest."""
    found.sort(key=lambda each: -each.severity)
    yield from islice(found, TOLD)
    if rest := found[TOLD:]:
        evidence = f"dan {len(rest)} lagi, antara lain {', '.join(each.subject for each in rest[:3])}"
        yield Finding(rest[0].code, rest[0].severity, f"{len(rest)} berkas lain", evidence, rest[0].advice)


def named(path: str) -> str:
    """A host's file name as it may stand in a report."""
    return plain(path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), 300)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _back_doors(odd: Strays, shown: Mapping[str, bytes], marks: Marks) -> Iterator[Finding]:
    for path in odd.all:
        kind = marks.rules if _RULES.search(path) else marks.php
        if told := marks.told(kind, _text(shown.get(path, b""))):
            evidence = f"{'; '.join(told[:4])}"
            yield Finding("files.webshell", Severity.CRITICAL, named(path), evidence, _TAKE_OUT)


def _changes(odd: Strays, shown: Mapping[str, bytes]) -> Iterator[Finding]:
    advice = "Amankan buktinya, lalu terbitkan ulang rilis; cari tahu siapa yang dapat menulis di sana."
    for path in odd.changed:
        evidence = "isinya bukan yang ditulis atau diterbitkan Pelihara"
        severity = Severity.CRITICAL if _PHP.search(path) or path not in shown else Severity.MAJOR
        yield Finding("files.changed", severity, named(path), evidence, advice)
    for path in odd.lost:
        yield Finding("files.changed", Severity.MAJOR, named(path), "hilang dari rilis yang dilayani", advice)


def _strangers(odd: Strays, shown: Mapping[str, bytes]) -> Iterator[Finding]:
    for path in odd.unknown:
        code = bool(_PROGRAM.search(path) or (_PHP.search(path) and not blank(shown.get(path, b"?"))))
        severity = Severity.MAJOR if code else Severity.WARNING
        yield Finding("files.unknown", severity, named(path), "tidak ada dalam arsip rilis", _TAKE_OUT)


def blank(data: bytes) -> bool:
    """Whether PHP does nothing at all, as the files that guard a folder from being listed, or ends before it begins."""
    opened = _OPEN.match(data)
    at = opened.end() if opened else 0
    while opened and (match := _NOTHING.match(data, at)):
        at = match.end()
        if match["end"] is not None:
            return True
        if match["over"] is not None:
            break
    return not data[at:].strip()


def _uploads(listing: Listing, odd: Strays, meant: Meant, shown: Mapping[str, bytes]) -> Iterator[Finding]:
    for path in odd.uploads:
        writes = any(path.startswith(f"shared/{folder}/") for folder in meant.writes)
        if _PHP.search(path) and not writes and not blank(shown.get(path, b"?")):
            evidence = "program PHP di folder unggahan"
            yield Finding("files.unknown", Severity.MAJOR, named(path), evidence, _TAKE_OUT)
        elif _PROGRAM.search(path):
            yield Finding("files.unknown", Severity.MAJOR, named(path), "program di folder unggahan", _TAKE_OUT)
        elif _PICTURE.search(path) and path in listing.php:
            yield Finding("files.unknown", Severity.MAJOR, named(path), "kode PHP di dalam gambar", _TAKE_OUT)
        elif listing.entries[path].kind != "f":
            yield Finding("files.unknown", Severity.MAJOR, named(path), "tautan di folder unggahan", _TAKE_OUT)
        elif path.lower().endswith(".user.ini"):
            yield Finding("files.unknown", Severity.MAJOR, named(path), "pengaturan PHP di folder unggahan", _TAKE_OUT)


def _pages(odd: Strays, shown: Mapping[str, bytes], lexicon: Lexicon) -> Iterator[Finding]:
    """Pages that no page of the site leads to, read as a visitor would."""
    for path in (*odd.unknown, *odd.uploads):
        if _PAGE.search(path) and path in shown:
            page = take_apart(decoded(shown[path]), "http://berkas.invalid/")
            for each in rules.judge(lexicon, page).findings:
                yield Finding(each.code, each.severity, named(path), each.evidence, _TAKE_OUT)


def _laid_open(listing: Listing, meant: Meant, odd: Strays, shown: Mapping[str, bytes]) -> Iterator[Finding]:
    """Secrets within what visitors get; whether the web server refuses them today is another part's affair."""
    advice = "Pindahkan dari folder yang dilayani, lalu ganti sandi dan kunci yang ada di dalamnya."
    docroot = _docroot(listing, meant)
    for path in (*odd.unknown, *odd.uploads):
        served = path.startswith(docroot) or (path.startswith("shared/") and meant.docroot == "")
        if served and _SECRET.search(path):
            yield Finding("exposed.file", Severity.MAJOR, named(path), "ada di folder yang dilayani", advice)
        elif served and _INFO.search(shown.get(path, b"")):
            yield Finding("exposed.debug", Severity.MAJOR, named(path), "menampilkan phpinfo()", _TAKE_OUT)


def _debugging(listing: Listing, shown: Mapping[str, bytes]) -> Iterator[Finding]:
    advice = "Matikan mode debug: pesan galat memberi tahu letak berkas, versi, bahkan sandi."
    for flag in listing.flags:
        if flag in _DEBUG_FLAGS:
            yield Finding("exposed.debug", Severity.MAJOR, "shared/.env", flag, advice)
    for path, data in shown.items():
        if (path.endswith("wp-config.php") or _RULES.search(path)) and (hit := _DEBUG.search(_COMMENT.sub(b"", data))):
            yield Finding("exposed.debug", Severity.MAJOR, named(path), plain(_text(hit[0]), 100), advice)


def alarming(found: Iterable[Finding]) -> bool:
    """Whether somebody was in the site: what then is read is kept as evidence."""
    codes = ("files.", "content.", "cms.unknown_admin")
    return any(each.code.startswith(codes) and each.severity >= Severity.MAJOR for each in found)
