#!/usr/bin/env bash
# codecs.sh TARGET FOLDER: static libraries of zstd and LZ4 for another platform, from Debian's sources of the versions below,
# with their terms. TARGET is win-x64 or linux-arm64. Does nothing when they are there.
set -euo pipefail
target=$1 folder=$2
zstd=1.5.4+dfsg2 lz4=1.9.4
case $target in
  win-x64) compiler=x86_64-w64-mingw32-gcc-posix archiver=x86_64-w64-mingw32-ar z=zstd.lib l=lz4.lib options="" ;;
  linux-arm64) compiler=aarch64-linux-gnu-gcc archiver=aarch64-linux-gnu-ar z=libzstd.a l=liblz4.a options="-fPIC -fvisibility=hidden" ;;
  *) echo "codecs.sh: no compiler is known for $target" >&2; exit 2 ;;
esac
stamp="$folder/zstd-$zstd-lz4-$lz4"
[ -e "$stamp" ] && exit 0
for program in $compiler $archiver apt-get dpkg-source; do
  command -v $program > /dev/null || { echo "codecs.sh: $program is missing; ./build.sh Setup --rid=$target installs it" >&2; exit 1; }
done

# Debian's lists with sources in place of programs, in a folder of their own: the system's stay as they are.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{parts,lists/partial,cache/archives/partial}
for list in /etc/apt/sources.list.d/debian.sources; do
  [ -e $list ] && sed 's/^Types:.*/Types: deb-src/' $list > "$work/parts/debian.sources"
done
if [ -e /etc/apt/sources.list ]; then
  sed -n 's/^deb \(.*debian.*\)/deb-src \1/p' /etc/apt/sources.list > "$work/parts/debian.list"
fi
apt() {
  apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" -o Dir::State::lists="$work/lists" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}
apt update > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cd "$work"
apt source libzstd lz4 > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
for source in libzstd-$zstd lz4-$lz4; do
  [ -d "$source" ] || { echo "codecs.sh: Debian has another version than $source here: $(ls -d "${source%%-*}"-*/)" >&2; exit 1; }
done

flags="-O3 -DNDEBUG -ffunction-sections -fdata-sections -fno-stack-protector $options"
mkdir objects
for file in libzstd-$zstd/lib/{common,compress,decompress}/*.c; do
  $compiler $flags -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM=1 -DXXH_NAMESPACE=ZSTD_ -c "$file" -o "objects/z_$(basename "$file" .c).o"
done
for file in lz4 lz4hc lz4frame xxhash; do
  $compiler $flags -DXXH_NAMESPACE=LZ4_ -c "lz4-$lz4/lib/$file.c" -o "objects/l_$file.o"
done
mkdir -p "$folder"
rm -f "$folder/$z" "$folder/$l"
$archiver rcsD "$folder/$z" objects/z_*.o
$archiver rcsD "$folder/$l" objects/l_*.o
cp libzstd-$zstd/debian/copyright "$folder/zstd-copyright"
cp lz4-$lz4/debian/copyright "$folder/lz4-copyright"
touch "$stamp"
