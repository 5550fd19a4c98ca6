"""What the tests on a real host do again and again: sites of the lab, visitors, workers that are killed."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fabric import Connection

from playbooks.hosting import deploy, host, pages
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.session import FetchError
from playbooks.hosting.site import Site
from playbooks.plans import Outcome
from tests.lab.core import run
from tests.lab.web import ADDRESS, LOGIN, WebLab


class Withdrawn(Exception):
    pass


def allowed() -> None:
    """A permit that holds."""


def refused() -> None:
    raise Withdrawn


def hosted(site: Site, shell: Shell) -> None:
    assert host.apply(host.plan(site, shell), site, shell, allowed).ok


def deployed(site: Site, shell: Shell) -> Outcome:
    return deploy.apply(deploy.plan(site, shell), site, shell, allowed)


def front(site: Site) -> str:
    return pages.follow(site).text


def static(lab: WebLab, slug: str, text: str, **entry: object) -> Site:
    """A static site whose release says `text` and whose health page must."""
    archive = lab.archive(f"{slug}-{text}.tar.gz", {"index.html": f"<h1>{text}</h1>"})
    return lab.site(slug, source=archive, health={"path": "/", "expect": text}, **entry)


def wordpress(lab: WebLab, slug: str = "portal", **entry: object) -> Site:
    fields = {"source": lab.light_wordpress(), "database": {"engine": "mariadb", "name": f"{slug}_web"}, **entry}
    return lab.site(slug, kind="wordpress", **fields)


def install_wordpress(site: Site, machine: WebLab, title: str, address: str = ADDRESS) -> None:
    """Complete the installer as a person would."""
    form = (
        f"weblog_title={title}&user_name=admin&admin_password=S4ngatPanjang!x&admin_password2=S4ngatPanjang!x"
        "&pw_weak=1&admin_email=a@lab.test&blog_public=0"
    )
    machine.machine.run(
        *("curl", "-sS", "--max-time", "200", "-H", f"Host: {site.domain}", "-d", form),
        f"http://{address}/wp-admin/install.php?step=2",
        timeout=240,
    )


@contextmanager
def visitor(site: Site) -> Iterator[list[str]]:
    """Asks for the site's front page all the time; what was seen, or the error met."""
    seen: list[str] = []
    gone = threading.Event()

    def visit() -> None:
        while not gone.wait(0.02):
            try:
                seen.append(pages.fetch(site, "http").text)
            except FetchError as error:
                seen.append(str(error))

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        yield seen
    finally:
        gone.set()
        thread.join()


def fresh(site: Site) -> Shell:
    """A shell of its own for a child process; it ends with it."""
    return open_host(site.access).__enter__()


def killed(run_it: Callable[[Callable[[], None], Callable[[str], None]], Outcome], at: int | str) -> int:
    """Run in a child process that gets SIGKILL at the `at`-th permit or step, or at the step that begins so.

    Its exit code as subprocess has it.
    """
    child = os.fork()
    if child == 0:
        count = 0

        def tick(said: str = "") -> None:
            nonlocal count
            count += 1
            if count == at or (isinstance(at, str) and said.startswith(at)):
                os.kill(os.getpid(), 9)

        run_it(tick, tick)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at_command(work: Callable[[], object], number: int, midway: bool) -> int:
    """Run in a child process that gets SIGKILL at its `number`-th command on the host; its exit code.

    Just before it is sent, or `midway`: while it runs, and then what runs on the host is killed too.
    """
    child = os.fork()
    if child == 0:
        _kill_at_command(number, midway)
        work()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if midway:
        run("pkill", "-KILL", "-u", LOGIN, check=False)
    return code


def _kill_at_command(number: int, midway: bool) -> None:
    """From now on this process ends itself at its `number`-th command."""
    count, send, upload = itertools.count(1), Connection.run, Connection.put

    def counted_run(connection: Connection, command: str, **options: object) -> object:
        if next(count) != number:
            return send(connection, command, **options)
        if midway:
            send(connection, command, **{**options, "asynchronous": True})
        os.kill(os.getpid(), 9)
        return None

    def counted_put(connection: Connection, *arguments: object, **options: object) -> object:
        if next(count) != number:
            return upload(connection, *arguments, **options)
        if midway:
            connection.sftp().open(str(arguments[1]), "w").write("half of it")
        os.kill(os.getpid(), 9)
        return None

    Connection.run, Connection.put = counted_run, counted_put
