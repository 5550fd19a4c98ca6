"""Which lines lead back to a stored configuration, by platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.network import platforms
from playbooks.network.endpoints import Endpoint
from playbooks.network.restore import difference

IOS = """hostname sw-1
!
interface GigabitEthernet0/1
 description ke gedung B
 ip address 10.1.1.1 255.255.255.0
 shutdown
!
ip route 0.0.0.0 0.0.0.0 10.1.1.254
ip route 198.51.100.0 255.255.255.0 10.1.1.9
end
"""
WANTED = (
    IOS.replace(" shutdown\n", "")
    .replace("ke gedung B", "ke gedung A")
    .replace("ip route 198.51.100.0 255.255.255.0 10.1.1.9\n", "")
)


def to(platform: str) -> Endpoint:
    return Endpoint("sw-1", "192.0.2.1", 22, platform, "otomasi", known_hosts=Path("known_hosts"))


@pytest.mark.parametrize("platform", ["cisco_ios", "cisco_xe"])
def test_the_lines_are_the_few_that_differ_and_lead_back_again(platform: str) -> None:
    there = difference(to(platform), IOS, WANTED)
    assert {line.strip() for line in there} == {
        "no ip route 198.51.100.0 255.255.255.0 10.1.1.9",
        "interface GigabitEthernet0/1",
        "no shutdown",
        "description ke gedung A",
    }
    back = difference(to(platform), WANTED, IOS)
    assert {"shutdown", "description ke gedung B", "ip route 198.51.100.0 255.255.255.0 10.1.1.9"} <= {
        line.strip() for line in back
    }


@pytest.mark.parametrize("platform", sorted({one.name for one in platforms.ALL.values()}))
def test_equal_configurations_need_no_line_and_without_a_comparison_it_is_refused(platform: str) -> None:
    if platforms.get(platform).difference:
        assert difference(to(platform), IOS, IOS) == ()
        return
    with pytest.raises(TargetError) as caught:
        difference(to(platform), IOS, WANTED)
    assert caught.value.reason is Reason.REFUSED_OUTPUT
    assert "/import" not in caught.value.detail
