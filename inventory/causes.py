"""Why the operating system or the network refused, in the words of who has to put it right (Indonesian)."""

from __future__ import annotations

import errno
import socket
import ssl

_NUMBERS = {
    errno.ENOENT: "tidak ada",
    errno.EACCES: "tidak diizinkan bagi pengguna ini",
    errno.EPERM: "tidak diizinkan bagi pengguna ini",
    errno.EROFS: "sistem berkasnya hanya dapat dibaca",
    errno.EEXIST: "sudah ada",
    errno.EISDIR: "ini folder, bukan berkas",
    errno.ENOTDIR: "ini bukan folder",
    errno.ENOTEMPTY: "folder ini tidak kosong",
    errno.ENAMETOOLONG: "namanya terlalu panjang",
    errno.ELOOP: "tautannya berputar tanpa akhir",
    errno.ENOSPC: "ruang disk habis",
    errno.EDQUOT: "jatah ruang disk pengguna ini habis",
    errno.EFBIG: "berkasnya terlalu besar",
    errno.EIO: "disk gagal dibaca atau ditulis",
    errno.EBUSY: "sedang dipakai",
    errno.ETXTBSY: "sedang dipakai",
    errno.EMFILE: "terlalu banyak berkas terbuka",
    errno.ENFILE: "terlalu banyak berkas terbuka",
    errno.ENOMEM: "memori habis",
    errno.EADDRINUSE: "alamat atau port ini sudah dipakai",
    errno.EADDRNOTAVAIL: "alamat ini bukan alamat mesin ini",
    errno.ECONNREFUSED: "sambungan ditolak; tidak ada layanan di port itu",
    errno.ECONNRESET: "sambungan diputus oleh lawan bicara",
    errno.ECONNABORTED: "sambungan diputus",
    errno.EPIPE: "sambungan diputus oleh lawan bicara",
    errno.ETIMEDOUT: "tidak ada jawaban sampai batas waktu",
    errno.EHOSTUNREACH: "tidak ada jalan ke alamat itu",
    errno.ENETUNREACH: "tidak ada jalan ke jaringan itu",
    errno.ENETDOWN: "jaringan mesin ini mati",
}
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "namanya tidak ditemukan di DNS"),
    (ssl.SSLError, "TLS ditolak"),
    (TimeoutError, _NUMBERS[errno.ETIMEDOUT]),
    (ConnectionRefusedError, _NUMBERS[errno.ECONNREFUSED]),
    (ConnectionError, _NUMBERS[errno.ECONNRESET]),
    (EOFError, _NUMBERS[errno.ECONNRESET]),
    (FileNotFoundError, _NUMBERS[errno.ENOENT]),
    (PermissionError, _NUMBERS[errno.EACCES]),
    (ValueError, "namanya tidak sah"),  # what Python raises for an impossible path
)


def cause(error: BaseException) -> str:
    """Why `error` (an OSError above all) came, without the path or address that its own text would repeat.

    An error that several attempts gave (paramiko's, one for each address) speaks through the first of them.
    """
    tried = getattr(error, "errors", None)
    if isinstance(tried, dict) and tried:
        return cause(next(iter(tried.values())))
    kinds = (words for kind, words in _KINDS if isinstance(error, kind))
    number = getattr(error, "errno", None)
    by_number = "" if isinstance(error, socket.gaierror | ssl.SSLError) else _NUMBERS.get(number or 0, "")
    return by_number or next(kinds, f"kesalahan sistem {errno.errorcode.get(number or 0, type(error).__name__)}")
