"""``accounts``, and ``python -m accounts_cli``."""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> int:
    """Runs ``args``, by default those of the process, and gives the exit status.

    0 done, 1 failed, 2 asked wrongly, 3 not logged in or the key refused, 4 no server reached.
    """
    try:
        from accounts_cli.program import run

        return run(sys.argv[1:] if args is None else args)
    except BaseException as error:  # noqa: BLE001  # the one place that reports
        from accounts_cli.failures import report

        return report(error)


if __name__ == "__main__":
    sys.exit(main())
