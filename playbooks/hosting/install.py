"""Put a configuration file in place so that the service never meets a broken one: test, and put the old one back.

The old file is kept beside it as `.old` until `confirm`. A run that was killed in between leaves that file behind,
which says that the step is not done.
"""

from __future__ import annotations

from playbooks.hosting.connect import CommandFailed, Shell

_KEEP = """
[ ! -e "$1.old" ] || exit 0
if [ -e "$1" ]; then cp -p "$1" "$1.old.new"; else : >"$1.old.new"; fi
mv -T "$1.old.new" "$1.old"
"""
_BACK = 'if [ -s "$1.old" ]; then mv -T "$1.old" "$1"; else rm -f "$1" "$1.old"; fi'


def install(shell: Shell, path: str, text: str, test: str, reload: str) -> None:
    """Write, test, reload. Raises CommandFailed with the service's own words, after the old file was put back."""
    shell.script(_KEEP, path)
    shell.write(path, text)
    try:
        shell.privileged(test)
        shell.privileged(reload)
    except CommandFailed:
        shell.script(_BACK, path)
        raise


def put_back(shell: Shell, path: str, reload: str) -> None:
    """Undo an `install` that did not prove itself."""
    shell.script(_BACK, path)
    shell.privileged(reload)


def confirm(shell: Shell, path: str) -> None:
    """The new file works: drop the old one."""
    shell.run("rm", "-f", f"{path}.old")
