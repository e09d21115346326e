"""Messages between the processes of a run, as JSON: nothing that is unpickled could run code.

worker                          generator
   ◀──  {"plan": true}             the first who comes says what all will ask
{"plan": [request, …]}  ──▶        in parts, the last one empty
{"ask": [request, …]}   ──▶
   ◀──  {"reply": {…}}             one message each, as soon as it is there
   ◀──  {"failure": [key, text]}
"""

from __future__ import annotations

import json
from multiprocessing.connection import Connection
from typing import Any


def send(connection: Connection, message: Any) -> None:
    """Send a message.

    Raises:
        OSError: the other side is gone.
    """
    connection.send_bytes(json.dumps(message).encode())


def receive(connection: Connection) -> Any:
    """Receive a message.

    Raises:
        EOFError, OSError: the other side is gone.
    """
    return json.loads(connection.recv_bytes())
