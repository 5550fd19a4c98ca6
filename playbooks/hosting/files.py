"""The configuration files of a site, rendered from templates/: what a host should have."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from playbooks.hosting import webservers
from playbooks.hosting.site import Site

_TEMPLATES = Environment(
    loader=PackageLoader("playbooks.hosting"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def web_path(site: Site) -> str:
    """The site's configuration of the host's web server."""
    return f"{webservers.of(site.host).folder}/pelihara-{site.slug}.conf"


def pool_path(site: Site) -> str:
    return f"{site.host.paths.php_fpm}/pelihara-{site.slug}.conf"


def php_socket(site: Site) -> str:
    return f"{site.host.paths.php_sockets}/pelihara-{site.slug}.sock"


def wanted(site: Site, tls: bool) -> dict[str, str]:
    """Text of each configuration file by its path on the host; `tls`: whether it has a certificate to serve.

    In the order in which they are written; no secrets. Raises SiteError for a kind of website that is not supported.
    """
    pool = {pool_path(site): "pool.conf.j2"} if site.kind.php else {}
    templates = {**pool, web_path(site): webservers.of(site.host).template}
    return {**settings(site, tls), **{path: _render(template, site, tls) for path, template in templates.items()}}


def settings(site: Site, tls: bool) -> dict[str, str]:
    """Of those, the website's own in `shared/`."""
    return {f"{site.layout.shared}/{name}": _render(of, site, tls) for name, of in site.kind.settings.items()}


def secret_templates(site: Site) -> dict[str, str]:
    """Text of each file with secrets by its path on the host; where a secret goes it has a mark (secrets.py)."""
    tls = site.website.tls.issuer != "none"
    return {f"{site.layout.shared}/{name}": _render(of, site, tls) for name, of in site.kind.secrets.items()}


def _paths(names: tuple[str, ...]) -> str:
    """A regular expression of these paths."""
    return "|".join(re.escape(name) for name in names)


def _render(template: str, site: Site, tls: bool) -> str:
    database = site.website.database
    return _TEMPLATES.get_template(template).render(
        site=site,
        layout=site.layout,
        drill=site.layout.drill.current.removeprefix(f"{site.layout.base}/"),
        kind=site.kind,
        docroot=f"/{site.kind.docroot}" if site.kind.docroot else "",
        tls=tls,
        php_socket=php_socket(site),
        url=site.url("https" if tls else "http"),
        hidden=_paths(site.kind.hidden),
        uploads=_paths(site.shared),
        database=database.name if database else "",
    )
