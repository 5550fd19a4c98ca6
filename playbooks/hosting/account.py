"""The system user that a site's PHP runs as, its own where the inventory gives it one (`web_user`).

Only root can make users and give files away: what is missing is told with root's commands, and nothing is done.
"""

from __future__ import annotations

import shlex

from playbooks.findings import Reason, TargetError
from playbooks.hosting import webservers
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

_ASK = r"""
user=$1 server=$2 base=$3
has() { tr ' ' '\n' | grep -qxF -- "$user"; }
id -un
id -u "$user" >/dev/null 2>&1 || echo user
id -Gn | has || echo login
id -Gn "$server" | has || echo server
[ ! -e "$base/current" ] || [ "$(stat -c %G "$base")" = "$user" ] || echo files
"""


def check(site: Site, shell: Shell) -> None:
    """Raises TargetError when PHP could not run as the site's user, or would not reach the files that are there."""
    if not site.group:
        return
    login, *lacking = shell.script(_ASK, site.web_user, site.host.web_user, site.layout.base).split()
    if lacking:
        commands = "; ".join(_commands(site, login)[each] for each in lacking)
        why = f"PHP belum dapat berjalan sebagai {site.web_user} (web_user). Jalankan dahulu sebagai root: {commands}"
        raise TargetError(shell.name, Reason.ERROR, f"{site.slug}: {why}")


def _commands(site: Site, login: str) -> dict[str, str]:
    """What root types, by what is lacking and in this order: nothing that is served becomes unreadable on the way."""
    user, server, base = site.web_user, site.host.web_user, shlex.quote(site.layout.base)
    reloads = f"{webservers.of(site.host).reload}; {site.host.commands.php_fpm_reload}"
    return {
        "user": f"adduser --system --group --no-create-home {user}",
        "login": f"adduser {login} {user}",
        # A process learns its groups when it begins.
        "server": f"adduser {server} {user}; {reloads}; sleep 3",
        # In each folder itself: who may write there could lead a whole path elsewhere.
        "files": f"find {base} ! -user {login} -execdir chown -h {user} {{}} +; chgrp -hR {user} {base}",
    }
