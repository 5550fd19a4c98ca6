"""Files with a site's secrets: the text comes from a template, the secrets are filled in on the host and stay there.

In a template `@password@` is the database's password; `@hex@` and `@base64@` are 32 random bytes, made once. Lines that
a person added are kept.
"""

from __future__ import annotations

from playbooks.hosting import files
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

# A line's key is what stands before its secret, or up to its first "=". Of an old file the random secrets are kept, and
# whatever has none of our keys. Ends with 1 when the old file lacked anything.
_FILL = r"""
function key(line,   at) {
    if (match(line, /@(password|hex|base64)@/)) return substr(line, 1, RSTART - 1)
    at = index(line, "=")
    return at ? substr(line, 1, at) : line
}
function held(line, k,   i) {
    for (i = 1; i <= count; i++)
        if (old[i] == line || (index(old[i], k) == 1 && length(old[i]) > length(k))) return old[i]
    return ""
}
function fresh(line,   make, random) {
    make = "head -c 32 /dev/urandom | "(line ~ /@hex@/ ? "od -An -v -w32 -tx1 | tr -d ' '" : "base64 -w 0")
    make | getline random
    close(make)
    sub(/@(hex|base64)@/, random, line)
    return line
}
BEGIN { while ((getline line < path) > 0) old[++count] = line }
{
    mine[++keys] = key($0)
    sub(/@password@/, ENVIRON["password"])
    was = held($0, mine[keys])
    random = /@(hex|base64)@/
    if (was == "" || (!random && was != $0)) lacking = 1
    print random ? (was == "" ? fresh($0) : was) : $0
}
END {
    for (i = 1; i <= count; i++) {
        for (k = 1; k <= keys; k++) if (index(old[i], mine[k]) == 1) break
        if (k > keys) print old[i]
    }
    exit lacking
}
"""
# The password goes to awk by its environment: a process's arguments are everybody's to see.
_READ_LOGIN = """
umask 027
password=$(sed -n 's/^password=//p' "$3" 2>/dev/null) || :
export password
"""
_READY = _READ_LOGIN + 'printf %s "$2" | awk -v path="$1" "$4" >/dev/null'
_WRITE = (
    _READ_LOGIN
    + """
printf %s "$2" | awk -v path="$1" "$4" >"$1.new" || [ $? = 1 ]
chmod "$5" "$1.new"
[ -z "$6" ] || chgrp "$6" "$1.new"
sync "$1.new"
mv -T "$1.new" "$1"
"""
)


def missing(site: Site, shell: Shell) -> list[str]:
    """Paths of the files that are not there, or lack something of their template."""
    return [path for path, text in files.secret_templates(site).items() if not _ready(path, text, site, shell)]


def _ready(path: str, text: str, site: Site, shell: Shell) -> bool:
    if _is_own(path, site):
        return shell.holds("test", "-s", path)
    return shell.holds("sh", "-euc", _READY, "sh", path, text, site.layout.database_login, _FILL)


def _is_own(path: str, site: Site) -> bool:
    """Whether the website changes this file itself."""
    return path.removeprefix(f"{site.layout.shared}/") in site.kind.own


def make(path: str, site: Site, shell: Shell) -> None:
    """Write one file of `missing` on the host."""
    text, mode = files.secret_templates(site)[path], "0660" if _is_own(path, site) else "0640"
    shell.script(_WRITE, path, text, site.layout.database_login, _FILL, mode, site.group)
