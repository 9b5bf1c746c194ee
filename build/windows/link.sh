#!/usr/bin/env bash
# link.sh @FILE: stands for Microsoft's link.exe when win-x64 is published on Linux (-p:CppLinker=...). FILE holds link.exe's
# arguments. It is lld-link, with mingw-w64's import libraries of the system's DLLs, and the start-up shim in place of Visual
# C++'s libcmt and libvcruntime. What it makes is for tests (docs/platforms.md).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
llvm=${OMEZARR_LLVM:-14}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for library in advapi32 bcrypt crypt32 iphlpapi kernel32 mswsock ncrypt normaliz ntdll ole32 oleaut32 secur32 user32 version \
  ws2_32 uuid ucrt; do
  ln -s "/usr/x86_64-w64-mingw32/lib/lib$library.a" "$work/$library.lib"
done
for part in crtshim program; do
  clang-"$llvm" --target=x86_64-pc-windows-msvc -O2 -fno-exceptions -fno-rtti -fno-stack-protector -mno-stack-arg-probe \
    -Wno-everything -c "$here/shim/$part.cpp" -o "$work/$part.obj"
done
# Parts of the Universal C Runtime that mingw-w64's library lacks.
for part in private string math; do
  llvm-dlltool-"$llvm" -m i386:x86-64 -d "$here/shim/$part.def" -l "$work/$part.lib"
done
# Without the byte order mark, and some options that lld-link does not have.
sed -E -e '1s/^\xEF\xBB\xBF//' -e 's#/NATVIS:("[^"]*"|[^ ]*)##' -e '/^"?\/SOURCELINK/d' -e 's@/(NOEXP|NOIMPLIB)@@g' "${1#@}" > "$work/arguments"
objects=("$work/crtshim.obj")
grep -qi '^"\?/DLL' "$work/arguments" || objects+=("$work/program.obj")
lld-link-"$llvm" "${objects[@]}" "$work/private.lib" "$work/string.lib" "$work/math.lib" @"$work/arguments" \
  /libpath:"$work" /nodefaultlib:libcmt /nodefaultlib:libcpmt /nodefaultlib:oldnames /nodefaultlib:libvcruntime
