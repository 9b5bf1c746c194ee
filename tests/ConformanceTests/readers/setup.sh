#!/usr/bin/env bash
# Installs the independent readers below $OMEZARR_READERS (default: ~/.cache/omezarr-native/readers), once for each version:
#   types/   pyright, which checks the types of the Python package
#   npm/     zarrita, ome-zarr.js, Viv's loader, ajv and the schema of CycloneDX, as package-lock.json pins them
#   browser/ playwright-core and vizarr, where there is a Chromium for them (Debian's package, or $OMEZARR_CHROMIUM)
#   python/  zarr-python: from a newer Debian release, only unpacked, or in a virtual environment where there is no apt
#   newer/   GDAL, a later zarr-python, xarray and dask from Debian's testing release, where there is one; nothing fails without
# Nothing of the system is changed. About 30 s and 600 MB the first time; no time at all when everything is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${OMEZARR_READERS:-${XDG_CACHE_HOME:-$HOME/.cache}/omezarr-native/readers}
suite=${OMEZARR_READERS_SUITE:-trixie}
newer_suite=${OMEZARR_READERS_NEWER_SUITE:-forky}
python_packages="python3-zarr python3-fsspec"
newer_packages="python3-gdal python3-zarr python3-fsspec python3-xarray python3-dask"
zarr_version=3.0.8
vizarr=@galaxyproject/vizarr@0.1.8
vizarr_sha256=c09c8017e9bd69a2ed24ae3af32e61cfaa0d4e563b31aea1e2ffdd32877217bf
mkdir -p "$home"

# One installation at a time, also when two checkouts are built at once.
if command -v flock >/dev/null; then
  exec 9>"$home/.lock"
  flock 9
fi

# Runs a step unless its stamp says that it was done with the same input.
step() {
  local name=$1 input=$2
  shift 2
  [ "$(cat "$home/$name.stamp" 2>/dev/null || true)" = "$input" ] && return
  echo "Installing the readers' $name into $home"
  rm -rf "${home:?}/$name" "$home/$name.stamp"
  mkdir -p "$home/$name"
  "$@"
  printf '%s\n' "$input" >"$home/$name.stamp"
}

install_npm() {
  cp "$here/package.json" "$here/package-lock.json" "$home/npm"
  (cd "$home/npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

install_browser() {
  cp "$here/browser/package.json" "$here/browser/package-lock.json" "$home/browser"
  (cd "$home/browser" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  # Without what it names as its dependencies: they are in the one file that is used.
  (cd "$home/browser" && npm pack --silent "$vizarr" >/dev/null && echo "$vizarr_sha256  galaxyproject-vizarr-0.1.8.tgz" \
    | sha256sum --check --quiet && tar xzf galaxyproject-vizarr-0.1.8.tgz && mv package vizarr)
}

install_types() {
  cp "$here/../../AbiTests/types/package.json" "$here/../../AbiTests/types/package-lock.json" "$home/types"
  (cd "$home/types" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

install_debian() {
  # shellcheck disable=SC2086  # a list of packages
  "$here/get-debian-tree.sh" "$suite" "$home/python" $python_packages
}

install_newer() {
  # shellcheck disable=SC2086  # a list of packages
  "$here/get-debian-tree.sh" "$newer_suite" "$home/newer" $newer_packages \
    || { echo "$newer_suite has not what GDAL needs at the moment: its readers are left out." >&2; rm -rf "${home:?}/newer"; }
}

install_venv() {
  python3 -m venv "$home/python"
  "$home/python/bin/pip" install --quiet "zarr==$zarr_version" fsspec
}

step types "$(cksum <"$here/../../AbiTests/types/package-lock.json")" install_types
if [ -x "${OMEZARR_CHROMIUM:-/usr/bin/chromium}" ]; then
  step browser "$vizarr $(cksum <"$here/browser/package-lock.json")" install_browser
fi
step npm "$(cksum <"$here/package-lock.json")" install_npm
if command -v apt-get >/dev/null && [ "$(uname -m)" = x86_64 ]; then
  step python "$suite $python_packages $(cksum <"$here/get-debian-tree.sh")" install_debian
  step newer "$newer_suite $newer_packages" install_newer
else
  step python "zarr $zarr_version" install_venv
fi
"$here/python.sh" -c 'import zarr, numcodecs; assert zarr.__version__ >= "3"'
