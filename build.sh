#!/usr/bin/env bash
# ./build.sh [TARGET] [OPTIONS...]: runs a target of build.cake. ./build.sh --tree lists the targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
  target=$1
  shift
  set -- "--target=$target" "$@"
fi

command -v dotnet >/dev/null || { echo "The .NET SDK named in global.json is needed: install it, then run this again." >&2; exit 1; }
dotnet tool restore --verbosity quiet
exec dotnet cake build.cake "$@"
