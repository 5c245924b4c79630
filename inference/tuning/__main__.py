"""python -m inference.tuning stage1 --config FILE."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m inference.tuning", description=__doc__)
    parser.add_argument("command", choices=["stage1"])
    parser.add_argument("--config", type=Path, required=True)
    given = parser.parse_args()
    from inference.tuning.stage1 import run

    run(given.config)
    return 0


if __name__ == "__main__":
    sys.exit(main())
