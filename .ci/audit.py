"""The dependency audit. It says what it could not audit, and never calls that clean."""

import json
import subprocess
import sys
from pathlib import Path

BIN = Path(__file__).resolve().parent.parent / ".venv" / "bin"
OURS = {"padstone", "accounts", "accounts-cli"}


def main() -> int:
    """Prints the findings; 1 where a known vulnerability is among the locked packages."""
    done = subprocess.run(  # noqa: S603
        [BIN / "pip-audit", "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print("NOT audited: the advisory database cannot be reached from here")
        return 0
    packages = [package for package in packages if package["name"] not in OURS]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    found = [package for package in packages if package.get("vulns")]
    for package in found:
        for vulnerability in package["vulns"]:
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            name = f"{package['name']} {package['version']}"
            print(f"{name}: {vulnerability['id']}, mended in {fixed}")
    audited = len(packages) - len(skipped)
    words = f"{audited} packages audited, {len(found)} vulnerable"
    print(words + (f"; NOT audited: {len(skipped)}" if skipped else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
