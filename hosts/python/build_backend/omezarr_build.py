"""Builds the wheels and the source distribution of omezarr-native, with the standard library alone.

pip calls it (PEP 517, PEP 660), and ``./build.sh Package``. A wheel holds the native library, and is for the platform that the
library was linked for: the library's own headers say which. The same files give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import os
import platform
import re
import struct
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

HERE = Path(__file__).resolve().parents[1]

#: Names the library's file, or the folder that it is in; the same that the package itself looks at.
ENVIRONMENT_VARIABLE = "OMEZARR_NATIVE_LIBRARY"

LIBRARIES = ("libomezarr_native.so", "libomezarr_native.dylib", "omezarr_native.dll")

#: Before this, no zip file has a date.
EARLIEST = 315532800


class BuildError(Exception):
    """What is missing, in words for whoever builds."""


# ---- what pip calls ------------------------------------------------------------------------------------------------


def get_requires_for_build_wheel(config_settings: Optional[Mapping[str, Any]] = None) -> List[str]:
    return []


def get_requires_for_build_sdist(config_settings: Optional[Mapping[str, Any]] = None) -> List[str]:
    return []


def get_requires_for_build_editable(config_settings: Optional[Mapping[str, Any]] = None) -> List[str]:
    return []


def build_wheel(
    wheel_directory: str, config_settings: Optional[Mapping[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    """The wheel's name. Its library is ``--config-settings library=...``, or that of the environment or of a checkout."""
    given = (config_settings or {}).get("library") or os.environ.get(ENVIRONMENT_VARIABLE)
    return _write_wheel(Path(wheel_directory), _find_library(given))


def build_editable(
    wheel_directory: str, config_settings: Optional[Mapping[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    """A wheel that only points here; the library is looked for when it is used."""
    project = read_project()
    entries = {"__editable__.omezarr_native.pth": (f"{HERE}\n".encode(), 0o644)}
    return _zip_wheel(Path(wheel_directory), project, "py3-none-any", True, entries, [])


def build_sdist(sdist_directory: str, config_settings: Optional[Mapping[str, Any]] = None) -> str:
    """The package, its tests and its examples, without a library."""
    project = read_project()
    name = f"omezarr_native-{project['version']}"
    files = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in _sources()}
    files["LICENSE"] = _find_up("LICENSE").read_bytes()
    files["PKG-INFO"] = _metadata(project, ["LICENSE"]).encode()
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(files):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mtime, entry.mode, entry.uname, entry.gname = len(files[path]), _date(), 0o644, "root", "root"
            tar.addfile(entry, io.BytesIO(files[path]))
    target = Path(sdist_directory) / f"{name}.tar.gz"
    with target.open("wb") as output, gzip.GzipFile("", "wb", 9, output, _date()) as packed:
        packed.write(tar_bytes.getvalue())
    return target.name


# ---- what it consists of -------------------------------------------------------------------------------------------


def read_project() -> Dict[str, Any]:
    """The table ``project`` of pyproject.toml."""
    try:
        import tomllib as toml
    except ImportError:  # Python 3.9 and 3.10; pip has one of its own
        from pip._vendor import tomli as toml  # type: ignore[import,no-redef]
    project: Dict[str, Any] = toml.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _sources() -> List[Path]:
    folders = ("omezarr_native", "tests", "examples", "benchmarks", "build_backend")
    patterns = ("omezarr_native/py.typed", "*.md", "tests/data/*", *(f"{folder}/**/*.py" for folder in folders))
    return [HERE / "pyproject.toml", *(path for pattern in patterns for path in HERE.glob(pattern))]


def _write_wheel(into: Path, library: Path) -> str:
    project = read_project()
    entries: Dict[str, Tuple[bytes, int]] = {}
    for path in [HERE / "omezarr_native" / "py.typed", *(HERE / "omezarr_native").rglob("*.py")]:
        entries[path.relative_to(HERE).as_posix()] = path.read_bytes(), 0o644
    entries[f"omezarr_native/{library.name}"] = library.read_bytes(), 0o755
    # What lies around a published library: the program, and the terms of what was linked in.
    for program in ("omezarr", "omezarr.exe"):
        if (library.parent / "bin" / program).is_file():
            scripts = f"omezarr_native-{project['version']}.data/scripts"
            entries[f"{scripts}/{program}"] = (library.parent / "bin" / program).read_bytes(), 0o755
    licences = {"LICENSE": _find_up("LICENSE")}
    for path in [library.parent / "THIRD-PARTY-NOTICES.md", *sorted((library.parent / "licences").glob("*"))]:
        if path.is_file():
            licences[path.relative_to(library.parent).as_posix()] = path
    info = f"omezarr_native-{project['version']}.dist-info"
    for name, path in licences.items():
        entries[f"{info}/licenses/{name}"] = path.read_bytes(), 0o644
    if (library.parent / "sbom.cdx.json").is_file():
        entries[f"{info}/sboms/omezarr-native.cdx.json"] = (library.parent / "sbom.cdx.json").read_bytes(), 0o644
    return _zip_wheel(into, project, f"py3-none-{platform_tag(library.read_bytes())}", False, entries, sorted(licences))


def _zip_wheel(
    into: Path,
    project: Mapping[str, Any],
    tag: str,
    is_pure: bool,
    entries: Dict[str, Tuple[bytes, int]],
    licences: List[str],
) -> str:
    stem = f"omezarr_native-{project['version']}"
    info = f"{stem}.dist-info"
    tags = "".join(f"Tag: {each}\n" for each in _single_tags(tag))
    entries[f"{info}/METADATA"] = _metadata(project, licences).encode(), 0o644
    entries[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: omezarr_build\nRoot-Is-Purelib: {'true' if is_pure else 'false'}\n{tags}".encode(),
        0o644,
    )
    rows = [f"{name},{_digest(content)},{len(content)}\n" for name, (content, _) in sorted(entries.items())]
    entries[f"{info}/RECORD"] = ("".join(rows) + f"{info}/RECORD,,\n").encode(), 0o644
    target = into / f"{stem}-{tag}.whl"
    into.mkdir(parents=True, exist_ok=True)
    # By name, and what tells of the wheel at its end, as the format recommends.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name in sorted(entries, key=lambda name: (".dist-info/" in name, name.endswith("RECORD"), name)):
            content, mode = entries[name]
            entry = zipfile.ZipInfo(name, _zip_date())
            entry.external_attr = (0o100000 | mode) << 16
            entry.create_system = 3  # Unix, wherever it is made: else the modes are lost
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)
    return target.name


def _metadata(project: Mapping[str, Any], licences: List[str]) -> str:
    author = project["authors"][0]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Author: {author['name']}",
        f"Author-email: {author['name']} <{author['email']}>",
        f"License: {project['license']['text']}",
        f"Keywords: {','.join(project['keywords'])}",
        *(f"Project-URL: {name}, {url}" for name, url in project.get("urls", {}).items()),
        *(f"Classifier: {classifier}" for classifier in project["classifiers"]),
        f"Requires-Python: {project['requires-python']}",
        *(f"License-File: {licence}" for licence in licences),
    ]
    for extra, requirements in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {requirement}; extra == "{extra}"' for requirement in requirements]
    lines.append("Description-Content-Type: text/markdown; charset=UTF-8")
    # Links to other files of the checkout lead nowhere from an index of packages.
    readme = re.sub(r"\[([^\]]+)\]\((?!\w+://|#)[^)]*\)", r"\1", (HERE / "README.md").read_text("utf-8"))
    return "\n".join(lines) + "\n\n" + readme


def _single_tags(tag: str) -> Iterator[str]:
    python, abi, platforms = tag.split("-")
    for each in platforms.split("."):
        yield f"{python}-{abi}-{each}"


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


# ---- the library ---------------------------------------------------------------------------------------------------


def _find_library(given: Optional[str]) -> Path:
    if given:
        found = [Path(given)] if Path(given).is_file() else [Path(given) / name for name in LIBRARIES]
    else:
        system = {"win32": "win", "darwin": "osx"}.get(sys.platform, "linux")
        machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
        found = [HERE.parents[1] / "artifacts" / f"{system}-{machine}" / name for name in LIBRARIES]
    for path in found:
        if path.is_file():
            return path.resolve()
    raise BuildError(
        f"the native library is not there ({' or '.join(map(str, found))}), and a package without it cannot work. In a checkout, "
        f"./build.sh Publish makes it; or {ENVIRONMENT_VARIABLE} names its file or folder. Wheels of releases have it inside."
    )


def platform_tag(library: bytes) -> str:
    """The platform of a wheel with this library, from its own headers."""
    if library[:4] == b"\x7fELF":
        machine = {62: "x86_64", 183: "aarch64"}[struct.unpack_from("<H", library, 18)[0]]
        versions = [tuple(map(int, found.split(b"."))) for found in re.findall(rb"\0GLIBC_(\d+\.\d+)", library)]
        if not versions:
            raise BuildError("the library uses no glibc: there is no name for its platform")
        major, minor = max(max(versions), (2, 17))
        return f"manylinux_{major}_{minor}_{machine}"
    if library[:2] == b"MZ":
        header = struct.unpack_from("<I", library, 0x3C)[0]
        return {0x8664: "win_amd64", 0xAA64: "win_arm64"}[struct.unpack_from("<H", library, header + 4)[0]]
    if library[:4] == b"\xcf\xfa\xed\xfe":
        machine = {0x01000007: "x86_64", 0x0100000C: "arm64"}[struct.unpack_from("<I", library, 4)[0]]
        major, minor = _oldest_macos(library)
        return f"macosx_{major}_{0 if major >= 11 else minor}_{machine}"
    raise BuildError("the library is of no platform that is known here")


def _oldest_macos(library: bytes) -> Tuple[int, int]:
    """``minos`` of the load command LC_BUILD_VERSION."""
    place = 32
    for _ in range(struct.unpack_from("<I", library, 16)[0]):
        command, size = struct.unpack_from("<II", library, place)
        if command == 0x32:
            version = struct.unpack_from("<I", library, place + 12)[0]
            return version >> 16, version >> 8 & 0xFF
        place += size
    raise BuildError("the library does not say from which macOS on it runs")


# ---- odds and ends -------------------------------------------------------------------------------------------------


def _find_up(name: str) -> Path:
    """Here in a source distribution, at the root in a checkout."""
    for folder in (HERE, HERE.parents[1]):
        if (folder / name).is_file():
            return folder / name
    raise BuildError(f"{HERE} has no {name}")


def _date() -> int:
    return max(EARLIEST, int(os.environ.get("SOURCE_DATE_EPOCH") or EARLIEST))


def _zip_date() -> Tuple[int, int, int, int, int, int]:
    import time

    moment = time.gmtime(_date())
    return moment.tm_year, moment.tm_mon, moment.tm_mday, moment.tm_hour, moment.tm_min, moment.tm_sec


def main(arguments: List[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["wheel", "sdist"])
    parser.add_argument("--library", help="the library's file or folder")
    parser.add_argument("--out", required=True)
    given = parser.parse_args(arguments)
    try:
        name = build_sdist(given.out) if given.what == "sdist" else _write_wheel(Path(given.out), _find_library(given.library))
    except BuildError as error:
        sys.exit(f"error: {error}")
    print(Path(given.out) / name)


if __name__ == "__main__":
    main(sys.argv[1:])
