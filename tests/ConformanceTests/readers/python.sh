#!/usr/bin/env bash
# Runs the Python that has zarr-python 3: OMEZARR_PYTHON, or the one that setup.sh installed.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
[ -z "${OMEZARR_PYTHON:-}" ] || exec "$OMEZARR_PYTHON" "$@"
tree=${OMEZARR_READERS:-${XDG_CACHE_HOME:-$HOME/.cache}/omezarr-native/readers}/python
[ ! -x "$tree/bin/pip" ] || exec "$tree/bin/python3" "$@"
libraries=$tree/usr/lib/x86_64-linux-gnu
interpreter=$(ls "$tree"/usr/bin/python3.[0-9]* 2>/dev/null | head -n 1)
[ -n "$interpreter" ] || { echo "zarr-python is not installed: run tests/ConformanceTests/readers/setup.sh" >&2; exit 1; }
# Its own C library, by its own loader: the system's may be older.
PYTHONHOME=$tree/usr exec "$libraries/ld-linux-x86-64.so.2" \
  --library-path "$libraries:$libraries/blas:$libraries/lapack:$tree/usr/lib" "$interpreter" "$@"
