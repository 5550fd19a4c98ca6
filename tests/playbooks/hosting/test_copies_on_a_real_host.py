"""Copies off the host, on real parts: sshd, MariaDB, nginx. Whole or not there, and good to restore from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup, copies, drill, restore, vault
from playbooks.hosting.connect import open_host
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import Site
from tests.lab.web import WebLab
from tests.playbooks.hosting import doubles
from tests.playbooks.hosting.steps import allowed, deployed, fresh, front, hosted, refused

pytestmark = pytest.mark.lab


def of_a_shop(lab: WebLab, folder: Path) -> Site:
    """A PHP site with a database and an upload that gzip cannot make small."""
    archive = lab.archive("arsip-v1.tar.gz", {"index.php": "<?php echo 'v1';"})
    database = {"engine": "mariadb", "name": "arsip_web"}
    entry = {"kind": "php", "source": archive, "database": database, "shared": ["unggahan"]}
    site = lab.site("arsip", health={"path": "/", "expect": "v1"}, **entry)
    return replace(site, vault=doubles.vault(folder))


def killed_in_mid_copy(site: Site, kept: SiteBackup, size: int) -> int:
    """SIGKILL to a process that copies, once more than `size` bytes were sent or read back; its exit code."""
    child = os.fork()
    if child == 0:
        content, seen = vault._proven, [0]

        def counted(*about: object) -> Iterator[bytes]:
            for chunk in content(*about):  # type: ignore[arg-type]
                seen[0] += len(chunk)
                if seen[0] > size:
                    os.kill(os.getpid(), 9)
                yield chunk

        vault._proven = counted  # type: ignore[assignment]
        try:
            copies.copy(site, fresh(site), kept)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def damage(kept: SiteBackup) -> None:
    with Path(kept.path, "files.tar.gz").open("r+b") as file:
        file.write(b"rusak")


def test_a_copy_is_whole_or_not_there_and_brings_back_what_the_host_lost(web_lab: WebLab, tmp_path: Path) -> None:
    site = of_a_shop(web_lab, tmp_path)
    upload = Path(site.layout.shared, "unggahan/surat.bin")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        web_lab.sql("create table arsip_web.warga (nama text); insert into arsip_web.warga values ('dulu')")
        shell.put(os.urandom(3 << 20), str(upload))
        kept = backup.back_up(site, shell)
    for size in (0, 2 << 20, 5 << 20):
        assert killed_in_mid_copy(site, kept, size) == -9
        assert copies.off_host(site) == copies.Place()
    with open_host(site.access) as shell:
        copies.copy(site, shell, kept)
        assert [path.name for path in (tmp_path / "arsip").iterdir()] == [kept.name]
        damage(kept)
        done = drill.drill(site, shell)
        assert done.passed, done
        assert "salinan di luar host" in done.how
        assert copies.whole(kept, shell), "the host has its backup again"
        shutil.rmtree(Path(kept.path).parent)
        before = upload.read_bytes()
        upload.write_bytes(b"lain")
        web_lab.sql("update arsip_web.warga set nama = 'sekarang'")
        outcome = restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert outcome.status == "applied", outcome
        assert (upload.read_bytes(), web_lab.sql("select nama from arsip_web.warga")) == (before, "dulu")
        assert "v1" in front(site)


def test_what_is_whole_nowhere_is_neither_restored_nor_put_back(web_lab: WebLab, tmp_path: Path) -> None:
    site = of_a_shop(web_lab, tmp_path)
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        kept = backup.back_up(site, shell)
        copies.copy(site, shell, kept)
        damage(kept)
        next((tmp_path / "arsip" / kept.name).glob("files*")).write_bytes(b"rusak")
        assert "tidak utuh" in drill.drill(site, shell).detail
        with pytest.raises(TargetError) as refusal:
            restore.apply(restore.plan(site, shell), site, shell, refused)
        assert refusal.value.reason is Reason.REFUSED_OUTPUT, "before the first permit is asked"
        assert "v1" in front(site)
        assert not [path.name for path in Path(kept.path).parent.iterdir() if path.name.startswith(".")]
