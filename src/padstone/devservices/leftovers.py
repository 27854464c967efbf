"""What a killed keeper left behind: found, proved to be ours, and ended."""

import signal
from pathlib import Path

from padstone.devservices.layout import Layout
from padstone.devservices.postgres import forget_dead_postmaster, postmaster_pid
from padstone.devservices.process import end
from padstone.devservices.record import read_state, remove_state

__all__ = ["sweep"]


def sweep(layout: Layout) -> None:
    """End the services of a keeper that is dead, and forget its state.

    The caller holds the keeper's lock. On Linux the kernel has already told the services to stop,
    and this only waits for them.
    """
    for data in layout.clusters():
        server = postmaster_pid(data)
        if server is not None:
            end(server, data, signal.SIGINT)
        forget_dead_postmaster(data)
    state = read_state(layout)
    for name, service in (state["services"] if state else {}).items():
        if service["pid"] is not None:
            # Valkey is known by its settings file in the home, the others by their data folder.
            folder = layout.home if name == "valkey" else Path(service["data"])
            last_signal = signal.SIGINT if name == "postgres" else signal.SIGTERM
            end(service["pid"], folder, last_signal)
    remove_state(layout)
