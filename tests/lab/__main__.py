"""`python -m tests.lab run [--] COMMAND...`: run a command in a world of the lab (world.py)."""

from __future__ import annotations

import sys

from tests.lab import world


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run", "--", *command] | ["run", *command] if command:
            return world.run(command)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except world.LabMissing as missing:
        sys.exit(f"lab: {missing}")
