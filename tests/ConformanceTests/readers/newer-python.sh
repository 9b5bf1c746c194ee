#!/usr/bin/env bash
# Runs the Python of a newer Debian, with GDAL, a later zarr-python, xarray and dask; exit status 3 when it is not installed.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
tree=${OMEZARR_READERS:-${XDG_CACHE_HOME:-$HOME/.cache}/omezarr-native/readers}/newer
libraries=$tree/usr/lib/x86_64-linux-gnu
interpreter=$(ls "$tree"/usr/bin/python3.[0-9]* 2>/dev/null | head -n 1)
[ -n "$interpreter" ] || { echo "GDAL is not installed: run tests/ConformanceTests/readers/setup.sh" >&2; exit 3; }
PYTHONHOME=$tree/usr exec "$libraries/ld-linux-x86-64.so.2" \
  --library-path "$libraries:$libraries/blas:$libraries/lapack:$tree/usr/lib" "$interpreter" "$@"
