"""Random acquisitions against independent readers. See --help."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .case import Case
from .check import check_case
from .generate import generate
from .readers.pool import Pool
from .shrink import shrink
from .write import omezarr_native

_COMMAND = "bash tests/FormatHarness/run.sh"


def main() -> int:
    parser = argparse.ArgumentParser(prog=_COMMAND, description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many acquisitions")
    parser.add_argument("--seed", type=int, help="the first one's seed; a fresh one without")
    parser.add_argument("--seconds", type=float, help="stop after that much time of this process's and its readers' processors")
    parser.add_argument("--replay", type=Path, help="a case that was written to a file, or - for the standard input")
    parser.add_argument("--keep", type=Path, help="a folder in which the datasets of failing cases are kept")
    parser.add_argument("--no-shrink", action="store_true", help="tell a failing case as it is")
    parser.add_argument("--plant", action="store_true", help="put a defect into the documents of each dataset: all must be found")
    parser.add_argument("--snippets", action="store_true", help="run the snippets of docs/readers.md instead")
    arguments = parser.parse_args()
    if arguments.snippets:
        from .snippets import main as run_snippets
        return run_snippets()
    print(f"the library is {omezarr_native.version()}", flush=True)
    pool = Pool()
    try:
        with tempfile.TemporaryDirectory(prefix="omz-format-") as folder:
            if arguments.plant:
                from .plant import plant_all
                return plant_all(arguments.seed or 1, arguments.count, Path(folder), pool)
            return _run(arguments, Path(folder), pool)
    finally:
        pool.close()


def _run(arguments: argparse.Namespace, folder: Path, pool: Pool) -> int:
    for name, reason in sorted(pool.absent.items()):
        print(f"skipped: {name} ({reason})")
    if arguments.replay:
        text = sys.stdin.read() if str(arguments.replay) == "-" else arguments.replay.read_text("utf-8")
        cases = iter([Case.from_json(text)])
        arguments.count = 1
    else:
        first = int(time.time() * 1000) % 10**9 if arguments.seed is None else arguments.seed
        cases = (generate(first + place) for place in range(arguments.count))
    arrays, images, faults, failed, done = Counter(), Counter(), Counter(), 0, 0
    for case in cases:
        verdict = check_case(case, folder, pool)
        arrays.update(verdict.arrays)
        images.update(verdict.images)
        faults.update({fault: len(readers) for fault, readers in verdict.faults.items()})
        done += 1
        if verdict.problems:
            failed += 1
            _tell(case, verdict.problems, folder, pool, arguments)
        if arguments.seconds is not None and pool.seconds > arguments.seconds:
            break
    for reader in pool.readers:
        print(f"{reader}: {arrays[reader]} arrays, {images[reader]} images")
    for fault, count in sorted(faults.items()):
        print(f"a reader's own fault, {count} times: {fault}")
    print(f"{done} acquisitions, {failed} failed")
    return 1 if failed or not done else 0


def _tell(case: Case, problems: list, folder: Path, pool: Pool, arguments: argparse.Namespace) -> None:
    kind = problems[0].kind
    if not arguments.no_shrink:
        case = shrink(case, lambda smaller: any(one.kind == kind for one in check_case(smaller, folder, pool).problems))
        problems = check_case(case, folder, pool).problems or problems
    print(f"seed {case.seed}")
    for problem in problems[:8]:
        print(f"  {problem}")
    print(f"  replay: {_COMMAND} --replay - <<'CASE'\n{case.to_json()}\nCASE", flush=True)
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        (arguments.keep / f"{case.seed}.json").write_text(case.to_json(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
