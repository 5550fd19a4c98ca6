"""What a site's files say of themselves is data: names and versions, whatever they hold."""

from __future__ import annotations

from playbooks.hosting import profile
from playbooks.hosting.profile import Profile


def test_versions_are_read_line_by_line_and_what_is_no_pair_is_passed_over() -> None:
    said = "Sistem operasi\tDebian GNU/Linux 12\nPHP\t8.2.29\nPlugin x\t\n\tversi\nomong kosong\na\tb\tc\n"
    assert profile.parse(said) == {"Sistem operasi": "Debian GNU/Linux 12", "PHP": "8.2.29"}


def test_a_site_with_ten_thousand_plugins_or_an_endless_name_takes_no_more_room_than_others() -> None:
    many = profile.parse("".join(f"Plugin {no}\t1\n" for no in range(10_000)))
    assert len(many) == 200
    ((name, version),) = profile.parse(f"{'x' * 5000}\t{'9' * 5000}\n").items()
    assert (len(name), len(version)) == (120, 120)


def test_what_is_not_known_of_a_site_is_an_empty_text() -> None:
    assert Profile(missing=("sertifikat: ditolak",)).as_json() == {
        "versions": {},
        "certificate_until": "",
        "registered_until": "",
        "missing": ["sertifikat: ditolak"],
    }
