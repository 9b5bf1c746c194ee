#!/usr/bin/env bash
# run.sh [--count N] [--seed S] ...: random acquisitions against the readers that are installed; --help tells more.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here"
exec bash ../ConformanceTests/readers/python.sh -m format_harness "$@"
