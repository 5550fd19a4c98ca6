"""A change from the command line: planned and shown, then applied by the beginning of its hash."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from playbooks.findings import Finding, Reason, Severity
from playbooks.network import visits
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]

DOWN = Finding("link.admin_down", Severity.MAJOR, "ether2", "disabled", "Hidupkan kembali.")


@pytest.fixture
def repair(pelihara: Pelihara, submit: Callable[..., str], routers: Routers) -> tuple[str, ...]:
    """Words of a repair in a case that stands at its work step, of a device with a port to enable."""
    routers.findings["dinkes-r1"] = [DOWN]
    case = submit("--device", "dinkes-r1")
    for official in ("kadis", "kabid-aptika", "koordinator"):
        assert pelihara("case", "act", case, "--as", official, "--answer", "YA").code == 0
    return ("network", "repair", "dinkes-r1", "--case", case, "--as", "teknis-1")


def test_eight_letters_of_a_hash_approve_and_apply_exactly_that_plan(
    pelihara: Pelihara, repair: tuple[str, ...], routers: Routers
) -> None:
    (plan,) = pelihara(*repair, "--json").json["plans"]
    begun = plan["hash"][:8]
    refused = pelihara(*repair, "--apply", begun, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "permit_refused")
    words = ("case", "act", repair[4], "--as", "koordinator", "--answer", "YA", "--plan", begun)
    assert pelihara(*words).code == 0
    done = pelihara(*repair, "--apply", begun)
    assert (done.code, routers.writes) == (0, ["dinkes-r1"])
    assert re.search(r"^  [0-2]\d:[0-5]\d:[0-5]\d WIB  link.admin_down diatasi$", done.out, re.MULTILINE)
    assert pelihara(*repair, "--apply", begun, "--json").json["error"]["code"] == "permit_refused"


def test_a_hash_that_is_too_short_or_empty_plans_and_writes_nothing(
    pelihara: Pelihara, repair: tuple[str, ...], routers: Routers
) -> None:
    (plan,) = pelihara(*repair, "--json").json["plans"]
    looked = len(routers.logins)
    for given, code in (("", "usage"), (plan["hash"][:7], "unknown_plan")):
        said = pelihara(*repair, "--apply", given, "--json")
        assert (said.code, said.json["error"]["code"]) == (2, code)
    assert (routers.writes, len(routers.logins)) == ([], looked)


def test_a_platform_that_nobody_knows_is_named_and_no_fault_of_ours(pelihara: Pelihara, home: Path) -> None:
    devices = home.parent / "inventory" / "devices.yaml"
    devices.write_text(devices.read_text().replace("platform: mikrotik_routeros", "platform: catos"))
    (target,) = pelihara("network", "diagnose", "dinkes-r1", "--json").json["targets"]
    assert target["reason"] == "error"
    assert target["detail"].startswith("platform 'catos' belum dikenal; yang ada: arista_eos, ")


def test_a_device_that_was_not_read_says_how_long_it_was_waited_for(
    pelihara: Pelihara, routers: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers.broken["dinkes-r1"] = Reason.TIMEOUT
    ticks = iter(range(0, 100, 5))
    monkeypatch.setattr(visits, "monotonic", lambda: float(next(ticks)))
    (target,) = pelihara("network", "diagnose", "dinkes-r1", "--json").json["targets"]
    assert (target["reason"], target["seconds"]) == ("timeout", 5.0)
