"""The cheat asks somebody else: over the network, the machine's own sockets, the kernel."""

import socket
import threading

import pytest

CALLS = {
    "another machine": "socket.create_connection(('1.1.1.1', 53), 1)",
    "a name": "socket.getaddrinfo('example.org', 80)",
    "DNS by hand": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('8.8.8.8', 53))",
    "IPv6": "socket.create_connection(('::1', PORT), 1)",
    "this machine": "socket.create_connection(('127.0.0.1', PORT), 1)",
    "a server of its own": "socket.create_server(('127.0.0.1', 0))",
    "a raw socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
    "vsock": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
    "a name in the kernel": "socket.socket(socket.AF_UNIX).connect('\\0' + 'ABSTRACT')",
    "a socket in a folder": "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
    "a web page": "__import__('urllib.request').request.urlopen('http://127.0.0.1:PORT', timeout=1)",
    "a program": "subprocess.run(['curl', '-sS', '-m1', 'http://127.0.0.1:PORT'], check=True)",
    "a new user space": "raised(libc.unshare(0x10000000))",
    "the host's network": "raised(libc.setns(os.open('/proc/1/ns/net', 0), 0))",
    "io_uring": "raised(libc.syscall(425, 8, ctypes.create_string_buffer(120)))",
    "BPF": "raised(libc.syscall(321, 0, ctypes.create_string_buffer(120), 120))",
    "keys of the kernel": "raised(libc.syscall(250, 0, -3, 1))",
    "a mount": "raised(libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0))",
    "a device": "os.mknod('disk', 0o60666, os.makedev(254, 0)) or open('disk', 'rb').read(1)",
    "root": "os.setuid(0)",
}
TRY = """
import ctypes, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def raised(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
try:
    {call}
    print("REACHED")
except (OSError, subprocess.SubprocessError) as error:
    print("NOT", "THERE", type(error).__name__)"""


@pytest.fixture(scope="module")
def server():
    """A server of this machine and one under a name in the kernel; both say so when somebody comes."""
    visitors = []
    inet, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    name = f"gradus-{inet.getsockname()[1]}"
    abstract.bind("\0" + name)
    abstract.listen()

    def wait(listening):
        while True:
            try:
                visitors.append(listening.accept())
            except OSError:
                return

    threads = [threading.Thread(target=wait, args=(s,), daemon=True) for s in (inet, abstract)]
    for thread in threads:
        thread.start()
    yield inet.getsockname()[1], name, visitors
    for sock in (inet, abstract):
        sock.shutdown(socket.SHUT_RDWR)
        sock.close()
    for thread in threads:
        thread.join()
    for visitor, _ in visitors:
        visitor.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nobody_is_reached(grade, server, call):
    port, name, visitors = server
    got = grade(TRY.format(call=call.replace("PORT", str(port)).replace("ABSTRACT", name)))
    assert "NOT THERE" in got.shown
    assert not visitors


def test_a_pair_of_sockets_within_is_no_network(grade):
    """multiprocessing needs them."""
    got = grade("import socket\na, b = socket.socketpair()\na.send(b'ok')\nprint('GOT', b.recv(2))")
    assert "GOT b'ok'" in got.shown


def test_in_a_kernel_the_machine_is_reached(stock, server):
    port, _, visitors = server
    assert "REACHED" in stock(TRY.format(call=f"socket.create_connection(('127.0.0.1', {port}), 1)")).shown
    while visitors:
        visitors.pop()[0].close()
