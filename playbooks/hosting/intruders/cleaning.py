"""What an intruder left, moved out of a site by an approved plan; the release's own files put back in its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from playbooks.findings import TITLES, Finding, Severity
from playbooks.hosting import archive, files, health, host
from playbooks.hosting.connect import Shell
from playbooks.hosting.intruders import cms, inspecting, quarantine, timetable
from playbooks.hosting.intruders.inspecting import Survey
from playbooks.hosting.intruders.judging import named
from playbooks.hosting.intruders.marks import marks
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

_WAY_BACK = (
    "website clean --undo: berkas kembali dari karantina ke tempatnya, baris jadwal dan hak admin dihidupkan lagi",
    "bila situs berhenti menjawab sesudah pembersihan, semuanya dikembalikan seketika",
)


def is_cleaning(plan: Plan) -> bool:
    return "quarantine" in plan.details


def plan(site: Site, shell: Shell) -> Plan:
    """Move aside what does not belong, restore what was changed, silence bad lines of crontabs, disable unknown admins.

    Paths and lines in `details` are percent-encoded bytes. Without findings that somebody was in the site there are no
    changes. Raises SiteError, TargetError.
    """
    return _planned(_survey(site, shell), site, shell)


def _survey(site: Site, shell: Shell) -> Survey:
    if (view := inspecting.survey(site, shell)) is None:
        raise SiteError(f"{site.slug}: belum ada rilis yang dilayani")
    return view


def _planned(view: Survey, site: Site, shell: Shell) -> Plan:
    """The clean-up of what one look through the site's files saw."""
    aside, right = _aside(view), _right(site, shell, view)
    admins, jobs = _admins(site, shell), timetable.silenceable(view.tables, marks())
    details: dict[str, Any] = {
        "aside": {_coded(path): what for path, what in aside.items()},
        "restore": {path: _digest(each) for path, each in right.items()},
        "admins": {each.login: each.id for each in admins},
        "jobs": {user: [_coded(line) for line in lines] for user, lines in jobs.items()},
    }
    details["quarantine"] = _digest(json.dumps(details, sort_keys=True).encode())[:12]
    return Plan(
        action="restore",
        target=site.slug,
        ladder=Ladder.B,
        summary="; ".join((f"Bersihkan {site.domain} dari yang ditinggalkan penyusup", *_left(view, aside, right))),
        changes=(
            *_lines(view.found, aside, right),
            *(f"matikan jadwal (cron) {user}: {named(line)}" for user, lines in jobs.items() for line in lines),
            *(f"cabut hak admin {named(each.login)!r}" for each in admins),
        ),
        way_back=_WAY_BACK,
        finding="files.webshell" if any(each.code == "files.webshell" for each in view.found) else "",
        base=view.held.release,
        details=details,
    )


def _left(view: Survey, aside: Mapping[str, str], right: Mapping[str, bytes | str]) -> Iterator[str]:
    """What this clean-up does not do, for whoever approves it."""
    lost = sum(f"releases/{view.held.release}/" in path for path in view.odd.changed) - sum(p in right for p in aside)
    if lost > 0:
        yield f"{lost} berkas berubah tidak ada dalam arsip: terbitkan ulang rilisnya"
    if lines := sum(len(each) for place, each in timetable.bad(view.tables, marks()).items() if place.startswith("/")):
        yield f"{lines} baris jadwal (cron) hanya dapat dimatikan root: caranya pada temuannya"


def _lines(found: Iterable[Finding], aside: Mapping[str, str], right: Mapping[str, bytes | str]) -> list[str]:
    why: dict[str, set[str]] = {}
    for each in found:
        why.setdefault(each.subject, set()).add(TITLES[each.code])
    out = [f"karantina {named(path)}: {', '.join(sorted(why.get(named(path), ())))}" for path in aside]
    return [*out, *(f"pulihkan {path} {_as_what(path)}" for path in right)]


def _as_what(path: str) -> str:
    return "seperti ditulis Pelihara" if path.startswith("shared/") else "menurut arsip rilis"


def _aside(view: Survey) -> dict[str, str]:
    """Files to move out, each with what it holds: strays with a grave finding, and what took a release file's place."""
    grave = {each.subject for each in view.found if each.severity >= Severity.MAJOR}
    strays = [path for path in dict.fromkeys((*view.odd.unknown, *view.odd.uploads)) if named(path) in grave]
    changed = [path for path in view.odd.changed if path in view.held.entries]
    return {path: _what(view, path) for path in sorted((*changed, *strays))}


def _what(view: Survey, path: str) -> str:
    entry = view.held.entries[path]
    known = _digest(view.shown[path]) if path in view.shown else entry.sha256
    return known or f"{entry.kind} {entry.size} {entry.target}"


def _right(site: Site, shell: Shell, view: Survey) -> dict[str, bytes | str]:
    """What belongs where something was changed or is gone: content of a file, target of a link."""
    wrong, top = {*view.odd.changed, *view.odd.lost}, f"releases/{view.held.release}/"
    links = {top + name: target for name, target in view.meant.links.items() if top + name in wrong}
    held = _from_archive(site, {p.removeprefix(top): p for p in wrong if p.startswith(top) and p not in links}, view)
    settings = {} if wrong <= {*links, *held} else files.settings(site, host.has_certificate(site, shell))
    own = {path.removeprefix(f"{site.layout.base}/"): text.encode() for path, text in settings.items()}
    every: dict[str, bytes | str] = {**links, **held, **{path: text for path, text in own.items() if path in wrong}}
    return {path: every[path] for path in sorted(every)}


def _from_archive(site: Site, wanted: Mapping[str, str], view: Survey) -> dict[str, bytes]:
    """Contents by path in the site, of those files whose checksum the release is known to have."""
    path, source = archive.on_this_machine(site), site.website.source
    if not wanted or path is None or source is None or not view.held.release.endswith(source.sha256[:12]):
        return {}
    sums = {(view.meant.files or {}).get(name, "") for name in wanted}
    kept: dict[str, bytes] = {}

    def keep(content: Any) -> str:
        data = content.read()
        digest = _digest(data)
        if digest in sums:
            kept[digest] = data
        return digest

    inside = archive.looked_at(path, source.sha256, keep)
    return {place: kept[inside[name]] for name, place in wanted.items() if inside.get(name) in kept}


def _admins(site: Site, shell: Shell) -> list[cms.Admin]:
    if not (site.kind.wordpress and site.website.admins):
        return []
    return cms.strangers(cms.administrators(site, shell), site.website.admins)


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved clean-up, or what is left of one. Outcome rolled_back: everything is back where it was.

    Raises ChangedSincePlan, TargetError before the first write, and what permit raises.
    """
    journal = Journal(permit, on_step)
    if "undo" in approved.details:
        return carry_out(approved, plan_undo(site, shell), journal, lambda: _undo(approved, site, shell, journal))
    view = _survey(site, shell)
    now = _planned(view, site, shell)
    if not _part(now.details, approved.details):
        raise ChangedSincePlan(f"restore {site.slug}: ada berkas lain sejak rencana disetujui")
    now = replace(now, details=approved.details)
    return carry_out(approved, now, journal, lambda: _work(approved, view, site, shell, journal))


def _part(now: Mapping[str, Any], approved: Mapping[str, Any]) -> bool:
    """Whether nothing is to be done that was not approved, to exactly those contents."""
    files_and_admins = all(now[key].items() <= approved[key].items() for key in ("aside", "restore", "admins"))
    lines = ({*each} <= {*approved.get("jobs", {}).get(user, ())} for user, each in now["jobs"].items())
    return files_and_admins and all(lines)


def _work(approved: Plan, before: Survey, site: Site, shell: Shell, journal: Journal) -> Outcome:
    right = _right(site, shell, before)
    troubled, name = health.problem(site), approved.details["quarantine"]
    with journal.write(f"mencatat isi karantina {name}"):
        manifest = {"files": approved.details["aside"], "admins": approved.details["admins"]}
        manifest |= {"jobs": approved.details.get("jobs", {}), "site": site.slug, "release": approved.base}
        quarantine.note(site, shell, name, manifest)
    if foreign := [path for path in approved.details["aside"] if unquote(path) not in approved.details["restore"]]:
        with journal.write(f"memindahkan {len(foreign)} berkas ke {quarantine.folder(site, name)}"):
            quarantine.take_out(site, shell, name, map(unquote_to_bytes, foreign))
    if approved.details["restore"]:
        with journal.write(f"memulihkan {len(approved.details['restore'])} berkas"):
            texts = {path: each for path, each in right.items() if isinstance(each, bytes)}
            links = {path: each for path, each in right.items() if isinstance(each, str)}
            quarantine.place(site, shell, name, texts, links)
    if jobs := _jobs(approved):
        with journal.write(f"mematikan {sum(map(len, jobs.values()))} baris jadwal (cron) milik {', '.join(jobs)}"):
            timetable.silence(site, shell, name, jobs)
    if approved.details["admins"]:
        with journal.write(f"mencabut hak {len(approved.details['admins'])} admin yang tidak dikenal"):
            cms.disable(site, shell, approved.details["admins"].values())
    trouble = health.problem(site)
    if trouble and not troubled:
        _put_back(approved, site, shell)
        journal.note("situs berhenti menjawab; semuanya dikembalikan seperti semula")
        return journal.outcome("rolled_back", trouble)
    return _verified(before, site, shell, journal, trouble)


def _jobs(approved: Plan) -> dict[str, list[str]]:
    return {user: [_plain(line) for line in lines] for user, lines in approved.details.get("jobs", {}).items()}


def _verified(before: Survey, site: Site, shell: Shell, journal: Journal, trouble: str) -> Outcome:
    """The site looked through again; what is found side by side with what was."""
    after = _survey(site, shell)
    left = _planned(after, site, shell)
    journal.note("situs diperiksa ulang")
    status = "failed" if left.changes or trouble else "applied"
    detail = trouble or (f"masih ada: {'; '.join(left.changes[:3])}" if left.changes else "")
    found = [tuple(each.as_json() for each in view.found) for view in (before, after)]
    return replace(journal.outcome(status, detail), before=found[0], after=found[1])


def plan_undo(site: Site, shell: Shell) -> Plan:
    """Put back everything of the newest quarantine. Raises SiteError when there is none, TargetError."""
    name = quarantine.newest(site, shell)
    if not name:
        raise SiteError(f"{site.slug}: tidak ada karantina")
    held = quarantine.noted(site, shell, name)
    undone = shell.holds("test", "-e", f"{quarantine.folder(site, name)}/undone")
    lines = [
        *(f"kembalikan {named(_plain(path))} dari karantina" for path in held["files"]),
        *(
            f"hidupkan lagi jadwal (cron) {user}: {named(_plain(each))}"
            for user, of in held["jobs"].items()
            for each in of
        ),
        *(f"kembalikan hak admin {named(login)!r}" for login in held["admins"]),
    ]
    return Plan(
        action="restore",
        target=site.slug,
        ladder=Ladder.B,
        summary=f"Kembalikan yang dikarantina dari {site.domain} (karantina {name})",
        changes=() if undone else tuple(lines),
        way_back=("yang ditempati berkas ini disimpan dalam karantina; bersihkan lagi dengan website clean",),
        details={"quarantine": name, "undo": True, "aside": held.pop("files"), **held},
    )


def _undo(approved: Plan, site: Site, shell: Shell, journal: Journal) -> Outcome:
    count = {key: len(approved.details[key]) for key in ("aside", "admins")}
    lines = sum(map(len, _jobs(approved).values()))
    what = f"{count['aside']} berkas, {lines} baris jadwal, hak {count['admins']} admin"
    with journal.write(f"mengembalikan {what} dari karantina {approved.details['quarantine']}"):
        _put_back(approved, site, shell)
    return journal.outcome("applied", health.problem(site))


def _put_back(approved: Plan, site: Site, shell: Shell) -> None:
    name = approved.details["quarantine"]
    quarantine.put_back(site, shell, name, map(unquote_to_bytes, approved.details["aside"]))
    timetable.wake(site, shell, name, _jobs(approved))
    cms.enable(site, shell, approved.details["admins"].values())
    shell.run("touch", f"{quarantine.folder(site, name)}/undone")


def _coded(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def _plain(coded: str) -> str:
    """The reverse of `_coded`."""
    return unquote_to_bytes(coded).decode("utf-8", "surrogateescape")


def _digest(data: bytes | str) -> str:
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
