#!/usr/bin/env bash
# check.sh DATASET...: reads each OME-Zarr whole with zarr-python and zarrita, compares what they saw, and holds the metadata
# against the official schemas. Exit status 0 when all agree.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for dataset in "$@"; do
  "$here/python.sh" "$here/read_zarr.py" "$dataset" >"$work/python" || failed=1
  node "$here/read_zarr.mjs" "$dataset" >"$work/javascript" || failed=1
  cat "$work/python"
  diff <(sort "$work/python") <(sort "$work/javascript") || { echo "$dataset: the readers disagree"; failed=1; }
  node "$here/validate.mjs" "$dataset" || failed=1
done
[ $failed = 0 ] && echo "zarr-python and zarrita read the same pixels; the metadata is as the schemas say."
exit $failed
