"""``padstone``, and ``python -m padstone``."""

import os
import sys

__all__ = ["main"]


def main() -> int:
    """Runs the command that was asked for. Its exit status: 0 done, 1 failed, 2 asked wrongly."""
    try:
        from padstone.cli.program import run

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # `padstone openapi | head` is no failure. What is still buffered has nobody to read it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BaseException as error:  # noqa: BLE001  # the one place that reports
        from padstone.cli.failures import report

        return report(error)
    return status


if __name__ == "__main__":
    sys.exit(main())
