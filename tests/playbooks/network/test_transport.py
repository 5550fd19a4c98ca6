"""paramiko's transport made cheaper: what is read, offered and logged is what it has to be."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from playbooks.network.connect import open_session
from playbooks.network.transport import CHUNK, Client, Transport, _Ahead
from tests.playbooks.network.doubles import Double, device


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


def test_what_is_read_ahead_comes_in_the_pieces_that_are_asked_for(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    sent = bytes(range(256)) * 100
    far.sendall(sent)
    far.close()
    ahead, read = _Ahead(near), b""
    while piece := ahead.recv(7 if len(read) % 2 else 4096):
        assert len(piece) <= 4096
        read += piece
    assert read == sent
    assert len(sent) > CHUNK


def test_nothing_is_waited_for_while_something_is_there(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    near.settimeout(0.05)
    far.sendall(b"abc")
    ahead = _Ahead(near)
    assert (ahead.recv(2), ahead.recv(2)) == (b"ab", b"c")
    with pytest.raises(TimeoutError):
        ahead.recv(1)


def test_the_same_is_offered_as_paramiko_offers_authenticating_ciphers_first(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    options = Transport(ends[0]).get_security_options()
    theirs = paramiko.Transport(ends[1]).get_security_options()
    assert set(options.ciphers) == set(theirs.ciphers)
    assert "gcm" in options.ciphers[0]
    assert (options.kex, options.key_types, options.digests) == (theirs.kex, theirs.key_types, theirs.digests)


def test_what_is_disabled_is_not_offered(ends: tuple[socket.socket, socket.socket]) -> None:
    first, *rest = Transport(ends[0]).preferred_kex
    assert Transport(ends[1], disabled_algorithms={"kex": [first]}).preferred_kex == tuple(rest)


def test_warnings_are_logged_and_the_chatter_is_not(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport, logged = Transport(ends[0]), []
    monkeypatch.setattr(transport.logger, "log", lambda level, *_: logged.append(level))
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        transport._log(level, "kex algos")
    assert logged == [logging.WARNING]


def test_a_key_that_is_not_the_recorded_one_still_ends_the_connection(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint, socket.create_connection(("127.0.0.1", endpoint.port)) as line:
        client = Client()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        with pytest.raises(paramiko.SSHException, match="not found in known_hosts"):
            client.connect("127.0.0.1", endpoint.port, endpoint.username, endpoint.password, sock=line)
        client.close()


def test_a_session_runs_over_it(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint, open_session(endpoint) as session:
        assert isinstance(session.connection.remote_conn.get_transport(), Transport)
