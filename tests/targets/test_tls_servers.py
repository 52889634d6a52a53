"""The servers of tests that look at TLS leave nothing open when they end."""

import gc
import socket
import ssl
import warnings

import pytest

from tests.targets.tls_servers import ServerPlan, running_servers


@pytest.mark.parametrize("asked", [b"", b"GET / HTTP/1.1\r\n\r\n"], ids=["waited for", "answered"])
def test_a_caller_that_stays_when_they_end_leaves_no_connection_open(tmp_path, asked):
    """A server that has said goodbye waits half a minute for the caller's."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with running_servers({"sound": ServerPlan()}, tmp_path) as servers:
            context = ssl.create_default_context(cafile=str(servers["sound"].ca_file))
            plain = socket.create_connection(("127.0.0.1", servers["sound"].port), timeout=60)
            caller = context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=True)
            caller.sendall(asked)
            if asked:
                assert caller.recv(1000).startswith(b"HTTP/1.1 401")
        gc.collect()
        caller.close()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []
