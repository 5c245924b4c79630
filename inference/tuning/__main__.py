"""The two training stages, the export and the evaluation of the starter pack's painter.

python -m inference.tuning stage1|stage2|export --config FILE
python -m inference.tuning ablations --config FILE --prompts FOLDER
python -m inference.tuning prompts --out FOLDER
python -m inference.tuning evaluate --prompts FILE.jsonl [--painter storyboard|copy] [--json]
"""

import argparse
import json
import sys
from pathlib import Path

from inference.packs.reports import PackError
from inference.painter.drawing import PainterError
from inference.wire import ProtocolError
from inference.writer.errors import WriterError

STAGES = ("stage1", "stage2", "export")
PAINTERS = ("duogen", "storyboard", "copy")


def main() -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m inference.tuning",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in STAGES:
        stage = commands.add_parser(name)
        stage.add_argument("--config", type=Path, required=True, metavar="FILE")
    without = commands.add_parser("ablations")
    without.add_argument("--config", type=Path, required=True, metavar="FILE")
    without.add_argument("--prompts", type=Path, required=True, metavar="FOLDER")
    prompts = commands.add_parser("prompts")
    prompts.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    measure = commands.add_parser("evaluate")
    measure.add_argument("--prompts", type=Path, required=True, metavar="FILE")
    measure.add_argument("--painter", choices=PAINTERS, default=PAINTERS[0])
    measure.add_argument("--seed", type=int, default=0, metavar="N")
    measure.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    try:
        return _run(given)
    except (OSError, ValueError, ProtocolError, PainterError) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
    except (PackError, WriterError) as error:
        print(f"{given.command}: {error.message}. {error.hint}", file=sys.stderr)
    except ModuleNotFoundError as error:
        extra = "cpu" if given.command == "evaluate" else "train"
        print(
            f'{given.command}: {error.name} is not installed: pip install "interstep[{extra}]"',
            file=sys.stderr,
        )
    return 1


def _run(given: argparse.Namespace) -> int:
    match given.command:
        case "stage1":
            from inference.tuning import stage1

            stage1.run(given.config)
        case "stage2":
            from inference.tuning import stage2

            stage2.run(given.config)
        case "export":
            from inference.tuning import stage2

            stage2.export(given.config)
        case "ablations":
            from inference.tuning import ablations

            for figures in ablations.run(given.config, given.prompts):
                print(json.dumps(figures), flush=True)
        case "prompts":
            from assets.sprites.library import library
            from inference.tuning.prompts import write_prompts

            write_prompts(given.out, library())
        case _:
            _evaluate(given)
    return 0


def _evaluate(given: argparse.Namespace) -> None:
    from assets.sprites.library import library
    from inference.tuning.evaluate import chosen_painter, evaluate, read_prompts

    drawings = library()
    prompts = read_prompts(given.prompts, drawings)
    painter = chosen_painter(given.painter, drawings)
    last = None
    for report in evaluate(prompts, painter, drawings, given.seed):
        if "done" in report:
            print(f"\r{report['done']} of {report['of']} pictures", end="", file=sys.stderr)
        last = report
    print(file=sys.stderr)
    assert last is not None
    if given.json:
        print(json.dumps(last))
        return
    for name, value in last.items():
        if not isinstance(value, dict):
            shown = "-" if value is None else f"{value:.3f}"
            print(f"{name:24} {shown:>8}")


if __name__ == "__main__":
    sys.exit(main())
