"""The configuration files of a site, rendered from templates/: what a host should have."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from playbooks.hosting.site import Site, SiteError

_TEMPLATES = Environment(
    loader=PackageLoader("playbooks.hosting"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def nginx_path(site: Site) -> str:
    return f"{site.host.paths.nginx}/pelihara-{site.slug}.conf"


def pool_path(site: Site) -> str:
    return f"{site.host.paths.php_fpm}/pelihara-{site.slug}.conf"


def php_socket(site: Site) -> str:
    return f"{site.host.paths.php_sockets}/pelihara-{site.slug}.sock"


def wanted(site: Site, tls: bool) -> dict[str, str]:
    """Text of each configuration file by its path on the host; `tls`: whether it has a certificate to serve.

    Holds no secret. Raises SiteError for a web server or a kind of website that is not supported.
    """
    if site.host.webserver != "nginx":
        raise SiteError(f"{site.website.host}: server web {site.host.webserver} belum didukung")
    texts = {nginx_path(site): _render("nginx.conf.j2", site, tls)}
    if site.kind.php:
        texts[pool_path(site)] = _render("pool.conf.j2", site, tls)
    if site.kind.wordpress:
        texts[site.layout.wp_config] = _render("wp-config.php.j2", site, tls)
    return texts


def _render(template: str, site: Site, tls: bool) -> str:
    database = site.website.database
    return _TEMPLATES.get_template(template).render(
        site=site,
        layout=site.layout,
        kind=site.kind,
        tls=tls,
        php_socket=php_socket(site),
        database=database.name if database else "",
    )
