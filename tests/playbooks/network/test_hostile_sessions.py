"""Every platform against everything that terminals, lines and networks do: the answer is exact, or none.

The devices are doubles; marked `lab` because hundreds of sessions with all their waiting take a minute.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.network import platforms, terminal
from playbooks.network.backup import NotComplete, check_plausible, fetch_config
from playbooks.network.connect import open_session
from tests.playbooks.network.dialogues import NAMES, PROMPTS, Dialogue, Way, named, paged
from tests.playbooks.network.doubles import device

pytestmark = pytest.mark.lab
MARGIN = 42
EXACT = {
    "as usual": Way(),
    "CR CR LF": Way(ends="\r\r\n"),
    "LF CR": Way(ends="\n\r"),
    "CR": Way(ends="\r"),
    "a byte at a time": Way(piece=1),
    "seven bytes at a time": Way(piece=7),
    "NUL after each line": Way(ends="\r\n\0"),
    "echo wrapped at 80 columns": Way(columns=80),
    "pager of IOS": paged(" --More-- ", "\b" * 9 + " " * 8 + "\b" * 9),
    "pager of VRP": paged("  ---- More ----", f"\x1b[{MARGIN}D{' ' * MARGIN}\x1b[{MARGIN}D"),
    "pager of Comware": paged("---- More ----", f"\x1b[16D{' ' * 16}\x1b[16D"),
    "pager of Junos": paged("---(more 35%)---", "\r" + " " * 40 + "\r"),
    "pager of FortiOS": paged("--More-- ", "\r         \r"),
    "pager of ProCurve": paged(
        "-- MORE --, next page: Space, next line: Enter, quit: Control-C", "\r\x1b[K\x1b[24;1H\x1b[2K\r"
    ),
    "pager of EdgeSwitch": paged("--More-- or (q)uit", "\r" + " " * 18 + "\r"),
    "pager of less": paged("lines 1-24", "\r\x1b[K"),
    "pager in pieces": Way(pager="--More-- or (q)uit", wipe="\b" * 18 + " " * 18 + "\b" * 18, piece=1),
}


def double(platform: str, name: str = "sw-1", **facts: object) -> Dialogue:
    return Dialogue(
        prompt=PROMPTS[platform].replace("NAME", name), platform=platform, config=named(platform, name), **facts
    )  # type: ignore[arg-type]


SHOWN = ("cisco_ios", "mikrotik_routeros", "huawei_vrp", "hp_procurve", "fortinet", "linux")
"""How characters reach the terminal is no matter of the platform: these differ in prompt, end mark and paging."""


@pytest.mark.parametrize("platform", SHOWN)
def test_however_an_answer_is_shown_it_is_exact(platform: str, tmp_path: Path) -> None:
    there, wrong = double(platform), []
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        for name, there.way in EXACT.items():
            if fetch_config(session).text != there.config:
                wrong.append(name)
    assert not wrong


LOG = "*Nov 21 08:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
LOGGED = {
    "a log line within and one before the prompt": Way(log=LOG),
    "a log line behind the prompt": Way(late=f"\r\n{LOG}\r\n"),
    "a log line right behind the prompt": Way(late=f"{LOG}\r\n"),
}


@pytest.mark.parametrize("platform", NAMES)
def test_log_lines_do_not_get_into_a_configuration(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "QUIET_S", 0.1)
    there, wrong = double(platform), []
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        for name, way in LOGGED.items():
            # RouterOS shows its prompt again below a log line.
            again = there.prompt if way.late and platform == "mikrotik_routeros" else ""
            there.way = replace(way, late=way.late + again)
            if fetch_config(session).text != there.config:
                wrong.append(name)
    assert not wrong


@pytest.mark.parametrize("platform", [name for name in NAMES if name != "mikrotik_routeros"])
def test_a_configuration_may_quote_the_prompt_of_its_own_device(platform: str, tmp_path: Path) -> None:
    there = double(platform)
    lines = there.config.split("\n")
    there.config = "\n".join([*lines[: len(lines) // 2], there.prompt.rstrip(), *lines[len(lines) // 2 :]])
    there.way = Way(piece=1)
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        assert fetch_config(session).text == there.config


@pytest.mark.parametrize("platform", ["cisco_ios", "mikrotik_routeros"])
def test_a_line_of_any_length_and_letters_of_an_old_terminal_arrive_whole(platform: str, tmp_path: Path) -> None:
    there = double(platform)
    lines = there.config.split("\n")
    there.config = "\n".join([*lines[: len(lines) // 2], f"# gédung {'x' * 20_000} ü", *lines[len(lines) // 2 :]])
    there.config = there.config.replace("–", "-")
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        for there.way in (Way(coding="latin-1", piece=1000), Way(piece=1000)):
            assert fetch_config(session).text == there.config


@pytest.mark.parametrize("cut", [0.0, 0.02, 0.5, 0.98])
@pytest.mark.parametrize("platform", ["cisco_nxos", "mikrotik_routeros"])
def test_a_session_that_is_cut_brings_nothing(platform: str, cut: float, tmp_path: Path) -> None:
    with (
        device(double(platform, way=Way(cut=cut)), tmp_path, platform=platform) as here,
        open_session(here) as session,
        pytest.raises(TargetError) as caught,
    ):
        fetch_config(session)
    assert caught.value.reason is Reason.INCOMPLETE


@pytest.mark.parametrize("platform", NAMES)
def test_what_cannot_be_told_from_the_answer_or_is_another_one_is_refused(platform: str, tmp_path: Path) -> None:
    there = double(platform)
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        there.way = paged("--More--", "\r\n")
        with pytest.raises(TargetError) as caught:
            fetch_config(session)
        assert caught.value.reason is Reason.INCOMPLETE
        there.way, right = Way(), there.config
        for there.config in (
            "",
            "Version 1.2, up 3 days\nSerial: 1\n",
            named(platform, "lain-2"),
            right[: len(right) // 2],
        ):
            with pytest.raises((TargetError, NotComplete)) as refused:
                check_plausible(platform, fetch_config(session).text, right)
            assert refused.value.reason in (Reason.INCOMPLETE, Reason.REFUSED_OUTPUT)


def test_a_device_that_shows_no_prompt_any_more_is_given_up(tmp_path: Path) -> None:
    there = double("cisco_ios", way=Way(late="\r\n"))
    with device(there, tmp_path) as here, open_session(here, 3) as session:
        there.prompt = ""
        with pytest.raises(TargetError) as caught:
            fetch_config(session)
    assert caught.value.reason is Reason.TIMEOUT


BANNER = (
    "\x1b[2J\x1b[H\x1b[31mHANYA PETUGAS\x1b[0m\r\nrouter#",
    "\r\n[admin@x] > ",
    "\r\n<HUAWEI>",
    " \r\nlupa? new password: 123\r\n(lain) #\r\nPress any key",
    *(f"\r\nbaris {number} sw-lain> " for number in range(200)),
    "\r\n\r\n",
)
HOSTS = (
    "gedung-utama-lantai-dua-ruang-server-rak-03-switch-akses-0001",
    "sw.a+b|c^d?",
    "gëdung-ü",
    "interface",
)
SPACED = {"hp_procurve", "mikrotik_routeros", "ubiquiti_edgeswitch"}
COLOURED = "\x1b]0;judul jendela\x1b\\\x1b[1;32m{}\x1b(B\x1b[m"


@pytest.mark.parametrize("platform", NAMES)
def test_the_prompt_is_found_whatever_it_is_and_whatever_was_shown_before(platform: str, tmp_path: Path) -> None:
    odd = NAMES.index(platform) % 2
    for host in (*HOSTS[odd::2], *(["Gedung A lantai 2"] if platform in SPACED else [])):
        there = double(platform, host, banner_pieces=BANNER, piece=3 if host == HOSTS[2] else 0)
        there.prompt = COLOURED.format(there.prompt)
        with device(there, tmp_path, platform=platform) as here, open_session(here, 20) as session:
            assert host in session.prompt
            assert fetch_config(session).text == there.config


def test_a_router_may_be_called_anything(tmp_path: Path) -> None:
    there = double("mikrotik_routeros", "Router [pusat] / lt-2 > @")
    with device(there, tmp_path, platform="mikrotik_routeros") as here, open_session(here, 20) as session:
        assert fetch_config(session).text == there.config


MODES = {"fortinet": "sw-1 (root) # ", "cisco_ios": "sw-1(config)#", "hp_comware": "[sw-1]", "huawei_vrp": "[~sw-1]"}


@pytest.mark.parametrize("platform", MODES)
def test_a_log_in_may_land_in_another_mode(platform: str, tmp_path: Path) -> None:
    there = double(platform)
    there.prompt = MODES[platform]
    with device(there, tmp_path, platform=platform) as here, open_session(here, 20) as session:
        assert fetch_config(session).text == there.config


QUESTIONS = {
    "hp_procurve": {"Hewlett-Packard Company\r\n\r\nPress any key to continue": " "},
    "fortinet": {"Hanya petugas.\r\n(Press 'a' to accept):": "a"},
    "huawei_vrp": {
        "Warning: The initial password poses security risks.\r\n"
        "The password needs to be changed. Change now? [Y/N]:": "N\r"
    },
    "hp_comware": {"Your password will expire in 3 days. Do you want to change it? [Y/N]:": "N\r"},
    "mikrotik_routeros": {
        "Do you want to see the software license? [Y/n]:": "n",
        "\r\nChange your password\r\n\r\nnew password>": "\x03",
    },
}


@pytest.mark.parametrize("platform", QUESTIONS)
@pytest.mark.parametrize("piece", [0, 5])
def test_what_is_asked_at_log_in_is_answered_without_changing_anything(
    platform: str, piece: int, tmp_path: Path
) -> None:
    there = double(platform, questions=QUESTIONS[platform], piece=piece, goodbye="Do you want to log out (y/n)? ")
    with device(there, tmp_path, platform=platform) as here, open_session(here, 20) as session:
        assert fetch_config(session).text == there.config
    shape = platforms.get(platform)
    assert there.keys[: len(QUESTIONS[platform])] == list(QUESTIONS[platform].values())
    assert set(there.asked) <= {"", *shape.paging, shape.config_command, "exit", "/quit"}


DEMANDS = {
    "cisco_nxos": "You are required to change your password immediately.\r\nEnter new password:",
    "aruba_aoscx": "Please configure the 'admin' user account password.\r\nEnter password for admin: ",
    "fortinet": "You are forced to change your password. Please input a new password.\r\nNew Password: ",
    "huawei_vrp": "The password needs to be changed.\r\nPlease enter old password: ",
    "hp_comware": "First login or password reset.\r\nold password:",
    "cisco_ios": "Your password has expired. Enter a new one now.\r\nNew Password: ",
    "linux": "You must change your password now and login again!\r\nCurrent password: ",
    "ubiquiti_edgeswitch": "Enter new password:",
}


@pytest.mark.parametrize("platform", DEMANDS)
def test_a_device_that_insists_on_a_new_password_is_left_alone(platform: str, tmp_path: Path) -> None:
    there = double(platform, questions={DEMANDS[platform]: "?"})
    with device(there, tmp_path, platform=platform) as here, pytest.raises(TargetError) as caught, open_session(here):
        pass
    assert caught.value.reason is Reason.LOGIN_REFUSED
    assert "kata sandi baru" in caught.value.detail
    assert (set(there.keys) - {""}, there.asked) == (set(), [])


def test_a_question_that_nobody_knows_is_told_and_not_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "GREETING_S", 0.3)
    there = double("cisco_ios", questions={"Erase startup-config? [yes/no]: ": "?"})
    with (
        device(there, tmp_path) as here,
        pytest.raises(TargetError, match="Erase startup-config") as caught,
        open_session(here),
    ):
        pass
    assert (caught.value.reason, there.asked) == (Reason.TIMEOUT, [])


@pytest.mark.parametrize("platform", [name for name in NAMES if platforms.get(name).enable])
def test_paging_is_told_off_where_the_device_knows_how(platform: str, tmp_path: Path) -> None:
    there = double(platform, enable="sandi-enable")
    with device(there, tmp_path, platform=platform, enable="sandi-enable") as here, open_session(here, 20) as session:
        assert fetch_config(session).text == there.config
    paging = platforms.get(platform).paging
    assert tuple(there.asked[there.asked.index("enable") + 1 :][: len(paging)]) == paging


BIG = 5_000_000


def grown(text: str, size: int) -> str:
    lines = text.rstrip("\n").split("\n")
    body = "\n".join(lines[len(lines) // 2 : -2]) + "\n"
    head, tail = "\n".join(lines[:-2]) + "\n", "\n".join(lines[-2:]) + "\n"
    return head + body * (size // len(body)) + tail


@pytest.mark.parametrize(
    ("platform", "way"),
    [
        ("cisco_ios", Way()),
        ("fortinet", Way(pager="--More-- ", wipe="\r         \r", page=2000)),
    ],
)
def test_a_huge_configuration_is_exact_and_costs_in_proportion(platform: str, way: Way, tmp_path: Path) -> None:
    there, spent = double(platform, way=way), []
    small = there.config
    with device(there, tmp_path, platform=platform) as here, open_session(here, 120) as session:
        for size in (BIG // 4, BIG):
            there.config, begin = grown(small, size), time.process_time()
            assert fetch_config(session).text == there.config
            spent.append(time.process_time() - begin)
    assert spent[1] < 10 * spent[0], "four times as long, not sixteen"
