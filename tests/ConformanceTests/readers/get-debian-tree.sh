#!/usr/bin/env bash
# get-debian-tree.sh SUITE FOLDER PACKAGE...: the packages of a Debian release and all they depend on, unpacked into a folder.
# Signatures are checked by apt. No package script runs, no root is needed, and nothing of this system changes.
set -euo pipefail
suite=$1 folder=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,archives/partial} "$folder"

# Said to be installed already: needed to build or to configure, not to run.
for name in perl perl-base debconf dpkg tzdata media-types netbase ca-certificates openssl readline-common \
            python3-pydata-sphinx-theme python3-sphinx-copybutton libjs-sphinxdoc; do
  printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: foreign\nMaintainer: nobody\nVersion: 99:99\nDescription: left out\n\n' "$name"
done >"$work/status"

site() { apt-get indextargets --format '$(SITE)' 'Origin: Debian' 'Created-By: Packages' 2>/dev/null | grep -v security | sort -u | head -n 1; }

mirror=$(site)
if [ -z "$mirror" ]; then
  # A machine that never ran apt-get update.
  if [ "$(id -u)" = 0 ]; then apt-get update --quiet >&2; else sudo apt-get update --quiet >&2; fi
  mirror=$(site)
fi
[ -n "$mirror" ] || { echo "apt knows no Debian mirror: set OMEZARR_PYTHON to a Python that has zarr 3." >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"

options=(
  --quiet --yes
  -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
  -o Dir::State::Lists="$work/lists" -o Dir::State::Status="$work/status" -o Dir::State::extended_states="$work/extended_states"
  -o Dir::Cache="$work" -o Dir::Cache::Archives="$work/archives"
  -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Check-Valid-Until=false
  -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o pkgCacheGen::Essential=none -o Debug::NoLocking=true
)
run() { apt-get "${options[@]}" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
run update
run --download-only install "$@"

# Since the merge of / and /usr, what a package has under /lib or /bin belongs under /usr.
mkdir -p "$folder"/usr/{lib,lib64,bin,sbin}
for name in lib lib64 bin sbin; do
  [ -e "$folder/$name" ] || ln -s "usr/$name" "$folder/$name"
done
for package in "$work"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar --extract --directory "$folder" --keep-directory-symlink \
    --exclude='./usr/share/doc*' --exclude='./usr/share/man*' --exclude='./usr/share/locale*' --exclude='./usr/share/lintian*'
done
