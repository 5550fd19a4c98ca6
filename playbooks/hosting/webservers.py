"""The web servers a host may have: where each keeps a site's configuration, how it tests it and takes it on."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from inventory.models import Host
from playbooks.hosting.connect import Shell


@dataclass(frozen=True)
class Webserver:
    """One web server of one host."""

    name: str
    template: str
    folder: str
    test: str
    reload: str
    workers: str
    """The title of a process that answers requests, as an expression that begins with it."""


PHP_FPM_WORKERS = "php-fpm: pool "
NGINX_WORKERS = "nginx: worker process$"
"""One that only ends its last requests is called `nginx: worker process is shutting down`."""
APACHE_WORKERS = "[^ ]*apache2 "
_PHP_VERSION = """[ ! -x "$1" ] || "$1" -v | sed -n '1s/^PHP \\([0-9.]*\\).*/\\1/p'"""


def php_version(host: Host, shell: Shell) -> str:
    """Of the php-fpm that the inventory names for a host, asked once a run; empty when it does not say."""
    said = shell.once(_PHP_VERSION, shlex.split(host.commands.php_fpm_test)[0])
    return said.strip()


def of(host: Host) -> Webserver:
    """The web server that the inventory names for a host."""
    paths, commands = host.paths, host.commands
    match host.webserver:
        case "nginx":
            test, reload = commands.nginx_test, commands.nginx_reload
            return Webserver("nginx", "nginx.conf.j2", paths.nginx, test, reload, NGINX_WORKERS)
        case "apache":
            test, reload = commands.apache_test, commands.apache_reload
            return Webserver("Apache", "apache.conf.j2", paths.apache, test, reload, APACHE_WORKERS)
