"""The web servers a host may have: where each keeps a site's configuration, how it tests it and takes it on."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.models import Host


@dataclass(frozen=True)
class Webserver:
    """One web server of one host."""

    name: str
    template: str
    folder: str
    test: str
    reload: str


def of(host: Host) -> Webserver:
    """The web server that the inventory names for a host."""
    paths, commands = host.paths, host.commands
    match host.webserver:
        case "nginx":
            return Webserver("nginx", "nginx.conf.j2", paths.nginx, commands.nginx_test, commands.nginx_reload)
        case "apache":
            return Webserver("Apache", "apache.conf.j2", paths.apache, commands.apache_test, commands.apache_reload)
