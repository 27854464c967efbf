"""The frozen projects are data: their tests are run by ours, each in a process of its own."""

collect_ignore_glob = ["[0-9]*"]
