"""Conan recipe: packages a release's archive, since the library is compiled ahead of time from C#.

    OMEZARR_NATIVE_ARCHIVE=.../omezarr-native-0.1.0-linux-x64.tar.gz conan create packaging/conan
"""

import os

from conan import ConanFile
from conan.errors import ConanException
from conan.tools.files import copy, unzip


class OmeZarrNativeConan(ConanFile):
    name = "omezarr-native"
    version = "0.1.0"
    license = "MIT"
    description = "Writes the frames of microscope cameras as OME-Zarr 0.5"
    topics = ("microscopy", "ome-zarr", "zarr", "camera")
    package_type = "shared-library"
    settings = "os", "arch"

    def validate(self):
        if str(self.settings.arch) not in ("x86_64", "armv8"):
            raise ConanException("omezarr-native is for 64-bit processors only")

    def build(self):
        archive = os.environ.get("OMEZARR_NATIVE_ARCHIVE", "")
        if not os.path.isfile(archive):
            raise ConanException(f"OMEZARR_NATIVE_ARCHIVE names no archive of a release: {archive!r}")
        unzip(self, archive, destination=self.build_folder, strip_root=True)

    def package(self):
        libraries = ("libomezarr_native.so", "libomezarr_native.dylib")
        for pattern in libraries:
            copy(self, pattern, self.build_folder, os.path.join(self.package_folder, "lib"))
        copy(self, "omezarr_native.dll", self.build_folder, os.path.join(self.package_folder, "bin"))
        copy(self, "omezarr_native.lib", os.path.join(self.build_folder, "lib"), os.path.join(self.package_folder, "lib"))
        copy(self, "*", os.path.join(self.build_folder, "include"), os.path.join(self.package_folder, "include"))
        for pattern in ("LICENSE", "THIRD-PARTY-NOTICES.md", "licences/*"):
            copy(self, pattern, self.build_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.libs = ["omezarr_native"]
        self.cpp_info.set_property("cmake_file_name", "OmeZarrNative")
        self.cpp_info.set_property("cmake_target_name", "OmeZarrNative::omezarr_native")
        self.cpp_info.set_property("cmake_target_aliases", ["OmeZarrNative::OmeZarrNative"])
        self.cpp_info.set_property("pkg_config_name", "omezarr_native")
