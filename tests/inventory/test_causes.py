"""What the operating system says in English is told in Indonesian, without quoting it."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import ssl

import paramiko
import pytest

from inventory.causes import cause
from inventory.problems import not_opened


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/x"), "tidak ada"),
        (OSError(errno.EACCES, "Permission denied"), "tidak diizinkan bagi pengguna ini"),
        (OSError(errno.EROFS, "Read-only file system"), "sistem berkasnya hanya dapat dibaca"),
        (OSError(errno.ENOSPC, "No space left on device"), "ruang disk habis"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "sambungan ditolak; tidak ada layanan"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "namanya tidak ditemukan di DNS"),
        (TimeoutError("timed out"), "tidak ada jawaban sampai batas waktu"),
        (ssl.SSLError(1, "[SSL] record layer failure"), "TLS ditolak"),
        (http.client.RemoteDisconnected("Remote end closed connection"), "sambungan diputus oleh lawan bicara"),
        (ValueError("embedded null byte"), "namanya tidak sah"),
        (OSError(errno.ENOTTY, "Inappropriate ioctl for device"), "kesalahan sistem ENOTTY"),
        (OSError("odd"), "kesalahan sistem OSError"),
    ],
)
def test_a_cause_is_told_in_indonesian(error: Exception, said: str) -> None:
    assert cause(error).startswith(said)


def test_no_common_cause_is_left_in_english() -> None:
    for number in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EHOSTUNREACH):
        assert os.strerror(number) not in cause(OSError(number, os.strerror(number)))
        assert "kesalahan sistem" not in cause(OSError(number, os.strerror(number)))


def test_several_addresses_tried_speak_through_the_first() -> None:
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    tried = paramiko.ssh_exception.NoValidConnectionsError({("10.0.0.1", 22): refused})
    assert cause(tried).startswith("sambungan ditolak")


def test_a_file_that_cannot_be_opened_says_why_in_indonesian() -> None:
    assert not_opened(OSError(errno.ENOTDIR, "Not a directory")) == "berkas tidak dapat dibuka (ini bukan folder)"
