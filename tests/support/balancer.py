"""What stands before several web hosts: each connection goes to the next host that answers."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle

CHUNK = 65_536


@dataclass
class Balancer:
    """Passes bytes on; `served` counts the connections of each host."""

    ports: Sequence[int]
    served: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turn = cycle(self.ports)
        self._lock = threading.Lock()

    def connect(self) -> socket.socket:
        for _ in self.ports:
            with self._lock:
                port = next(self._turn)
            with suppress(ConnectionRefusedError):
                host = socket.create_connection(("127.0.0.1", port))
                self.served[port] = self.served.get(port, 0) + 1
                return host
        raise ConnectionRefusedError

    def relay(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError), closing(self.connect()) as host:
            back = threading.Thread(target=_pump, args=(host, client), daemon=True)
            back.start()
            _pump(client, host)
            back.join()


@contextmanager
def balancing(port: int, hosts: Sequence[int]) -> Iterator[Balancer]:
    """Listen on a port of loopback, for as long as the block lasts."""
    balancer = Balancer(hosts)
    with socket.create_server(("127.0.0.1", port)) as door:
        threading.Thread(target=_accept, args=(door, balancer), daemon=True).start()
        yield balancer
        door.shutdown(socket.SHUT_RDWR)


def _accept(door: socket.socket, balancer: Balancer) -> None:
    with suppress(OSError):  # the door was closed
        while True:
            client, _ = door.accept()
            threading.Thread(target=balancer.relay, args=(client,), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
