"""The mailbox as a process: SMTP in the event loop, the page in threads beside it.

Three arguments: the folder of the mails, the port for SMTP and that of the page; 0 is any. The
environment gives ``MAILBOX_PASSWORD``, for SMTP, and ``MAILBOX_KEY``, the first part of every path
of the page. It says in one line of JSON which ports it has. With ``--until-input-ends`` it ends
with whoever holds the other end of its standard input.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path

from padstone.devservices.mailbox.smtp import protocol
from padstone.devservices.mailbox.store import Store
from padstone.devservices.mailbox.web import page_server

__all__ = ["main"]

_HOST = "127.0.0.1"
_INPUT = 0


async def _serve(folder: Path, smtp_port: int, page_port: int, *, until_input_ends: bool) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if until_input_ends:
        loop.add_reader(_INPUT, lambda: None if os.read(_INPUT, 4096) else ended.set())
    store = Store(folder)
    password = os.environ["MAILBOX_PASSWORD"]
    smtp = await loop.create_server(lambda: protocol(store, password, loop), _HOST, smtp_port)
    page = page_server((_HOST, page_port), store, os.environ["MAILBOX_KEY"])
    threading.Thread(target=page.serve_forever, name="page", daemon=True).start()
    ports = {"smtp": smtp.sockets[0].getsockname()[1], "page": page.server_address[1]}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await ended.wait()
    smtp.close()


def main() -> None:
    """Serves until a signal ends it."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    folder, smtp_port, page_port = words
    # aiosmtpd's own advice: that passwords should be encrypted on the way, and there is no way.
    warnings.filterwarnings("ignore", module="aiosmtpd")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    asyncio.run(
        _serve(
            Path(folder),
            int(smtp_port),
            int(page_port),
            until_input_ends="--until-input-ends" in sys.argv,
        )
    )


if __name__ == "__main__":
    main()
