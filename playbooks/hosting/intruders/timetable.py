"""What a host's cron runs: timetables read, their lines judged, bad ones turned into remarks and back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from playbooks.findings import Copy, Finding, Reason, Severity, TargetError
from playbooks.hosting.connect import Shell
from playbooks.hosting.intruders import quarantine
from playbooks.hosting.intruders.judging import named
from playbooks.hosting.intruders.listing import unpacked
from playbooks.hosting.intruders.marks import Marks
from playbooks.hosting.site import Site

MOST = 200_000
"""Bytes of one timetable that are read."""
# Records end with NUL, in pairs: a timetable and its text; "!" before the first: not readable. The last one is "e".
# Who may not use crontab can have none made for him. Cron itself passes over files of cron.d with other names; what
# only root may read there, only root could have written.
_READ = r"""
export LC_ALL=C
most=$1 crontab=$2; shift 2
text() { head -c "$most" | tr -d '\0'; printf '\0'; }
told() {
    user=$1; shift
    if why=$("$@" -l 2>&1 >/dev/null); then
        printf '%s\0' "$user"; "$@" -l | text
    else
        case $why in *"no crontab for "* | *"not allowed to use"*) ;; *) printf '!%s\0\0' "$user" ;; esac
    fi
}
{
    if [ -x "$crontab" ]; then
        told "$(id -un)" "$crontab"
        for web; do told "$web" sudo -n "$crontab" -u "$web"; done
    fi
    for file in /etc/crontab /etc/cron.d/*; do
        case ${file##*/} in *[!A-Za-z0-9_-]*) continue ;; esac
        [ ! -r "$file" ] || { printf '%s\0' "$file"; text <"$file"; }
    done
    printf 'e\0'
} | gzip -c | base64 -w 0
"""
# What somebody else wrote between the reading and this is not overruled. The first state stays in the quarantine.
_REPLACE = r"""
umask 077
cd "$1"
kept=crontab-$2 was=$3; shift 3
"$@" -l >"$kept.now"
[ "$(sha256sum <"$kept.now")" = "$was  -" ] || { echo "jadwal sudah berubah" >&2; exit 1; }
[ -e "$kept" ] || mv "$kept.now" "$kept"
"$@" - <"$kept.new"
rm -f "$kept.now" "$kept.new"
"""
_REMARK = "# pelihara {}: "
_AS_ROOT = (
    "Hanya root yang dapat menulis di sana: anggap seluruh host sudah dikuasai. Sebagai root di {host}: "
    "1) salin sebagai bukti: cp -a {place} ~/; 2) lihat paket pemiliknya: dpkg -S {place}; "
    "3) beri # di depan baris itu; bila berkasnya bukan milik paket, pindahkan ke ~/; "
    "4) hentikan proses yang sudah dijalankannya (ps -ef); 5) ganti kunci dan sandi root, rencanakan pasang ulang host."
)
_OF_A_USER = "Rencanakan website clean: barisnya dimatikan dengan jalan kembali. Periksa apa yang sudah dijalankannya."


@dataclass(frozen=True)
class Timetables:
    """Texts of a host's timetables, by the user whose crontab it is or by the path of a file that root writes."""

    texts: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """Users whose crontab the host does not show."""

    @property
    def gaps(self) -> tuple[str, ...]:
        advice = "izinkan crontab-nya lewat sudoers (README hosting, Preparing a host)"
        return tuple(f"jadwal (crontab) milik {user} tidak terbaca: {advice}" for user in self.unread)


def read(site: Site, shell: Shell) -> Timetables:
    """Crontabs of the login user and of those that PHP runs as, root's files. A host is asked once a run for all that
    share a user. Raises TargetError."""
    read_out = shell.once(_READ, str(MOST), site.host.commands.crontab, *_web_users(site))
    return parse(unpacked(read_out, shell.name), shell.name)


def _web_users(site: Site) -> list[str]:
    """Those whose crontabs the login user may see and change: the site's and its host's."""
    return sorted({site.web_user, site.host.web_user}) if site.host.commands.sudo else []


def parse(data: bytes, host: str) -> Timetables:
    """Timetables from the records of `_READ`. Raises TargetError, INCOMPLETE when something was cut off."""
    records = data.decode("utf-8", "surrogateescape").split("\0")
    if records[-2:] != ["e", ""] or len(records) % 2:
        raise TargetError(host, Reason.INCOMPLETE, "daftar jadwal terpotong")
    pairs = list(zip(records[:-2:2], records[1:-2:2], strict=True))
    texts = {name: text for name, text in pairs if not name.startswith("!")}
    return Timetables(texts, tuple(name[1:] for name, _ in pairs if name.startswith("!")))


def bad(tables: Timetables, marks: Marks) -> dict[str, dict[str, list[str]]]:
    """The marks that lines bear, by timetable and line; only of those that bear enough."""
    found: dict[str, dict[str, list[str]]] = {}
    for place, text in tables.texts.items():
        for line in text.split("\n"):
            if not line.lstrip().startswith("#") and (told := marks.told(marks.cron, line)):
                found.setdefault(place, {})[line] = told
    return found


def judge(tables: Timetables, marks: Marks, host: str) -> Iterator[Finding]:
    """Findings of a host's timetables; of a file that only root may write the advice is a runbook (class C)."""
    for place, lines in bad(tables, marks).items():
        advice = _AS_ROOT.format(host=host, place=named(place)) if place.startswith("/") else _OF_A_USER
        for line, told in lines.items():
            evidence = f"{'; '.join(told)}: {named(line)[:160]}"
            yield Finding("files.webshell", Severity.CRITICAL, f"jadwal (cron) {named(place)}", evidence, advice)


def copies(tables: Timetables, marks: Marks) -> list[Copy]:
    """Timetables with bad lines, whole, as evidence."""
    texts = {place: tables.texts[place].encode("utf-8", "surrogateescape") for place in bad(tables, marks)}
    return [
        Copy(f"jadwal (cron) {named(place)}", text, "root" if place.startswith("/") else place)
        for place, text in texts.items()
    ]


def silenceable(tables: Timetables, marks: Marks) -> dict[str, list[str]]:
    """Bad lines of users' crontabs, each once: those that can be taken out from here."""
    return {place: [*lines] for place, lines in bad(tables, marks).items() if not place.startswith("/")}


def silence(site: Site, shell: Shell, name: str, jobs: Mapping[str, list[str]]) -> None:
    """Turn lines of users' crontabs into remarks that name the quarantine. Raises TargetError."""
    mark = _REMARK.format(name)
    _rewrite(site, shell, name, jobs, lambda line, meant: mark + line if line in meant else line)


def wake(site: Site, shell: Shell, name: str, jobs: Mapping[str, list[str]]) -> None:
    """Undo `silence`, whatever else was written into the crontabs meanwhile. Raises TargetError."""
    mark = _REMARK.format(name)

    def line_of(line: str, meant: list[str]) -> str:
        return bare if line.startswith(mark) and (bare := line.removeprefix(mark)) in meant else line

    _rewrite(site, shell, name, jobs, line_of)


def _rewrite(
    site: Site, shell: Shell, name: str, jobs: Mapping[str, list[str]], line_of: Callable[[str, list[str]], str]
) -> None:
    texts = read(site, shell).texts if jobs else {}
    for user, meant in jobs.items():
        text = texts.get(user, "")
        changed = "\n".join(line_of(line, meant) for line in text.split("\n"))
        if changed != text:
            _replace(site, shell, name, user, text, changed)


def _replace(site: Site, shell: Shell, name: str, user: str, old: str, new: str) -> None:
    folder = quarantine.folder(site, name)
    shell.put(new.encode("utf-8", "surrogateescape"), f"{folder}/crontab-{user}.new")
    was = hashlib.sha256(old.encode("utf-8", "surrogateescape")).hexdigest()
    command = [site.host.commands.crontab]
    if user in _web_users(site):
        command = ["sudo", "-n", *command, "-u", user]
    shell.script(_REPLACE, folder, user, was, *command, lock=site.layout.lock)
