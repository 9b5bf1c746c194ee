"""Runs the recipe as Conan does, with what it uses of Conan: conan.py RECIPE BUILD_FOLDER PACKAGE_FOLDER."""

import fnmatch
import importlib.util
import pathlib
import shutil
import sys
import tarfile
import types


class Settings:
    os, arch = "Linux", "x86_64"


class Info:
    def __init__(self):
        self.properties = {}

    def set_property(self, name, value):
        self.properties[name] = value


class ConanFile:
    pass


def copy(_, pattern, src, dst):
    for file in pathlib.Path(src).rglob("*"):
        name = file.relative_to(src).as_posix()
        if file.is_file() and fnmatch.fnmatch(name, pattern):
            target = pathlib.Path(dst, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def unzip(_, archive, destination, strip_root):
    assert strip_root
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            member.name = member.name.partition("/")[2]
            if member.name:
                tar.extract(member, destination)


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(members)


module("conan", ConanFile=ConanFile)
module("conan.errors", ConanException=type("ConanException", (Exception,), {}))
module("conan.tools")
module("conan.tools.files", copy=copy, unzip=unzip)
spec = importlib.util.spec_from_file_location("conanfile", sys.argv[1])
recipe = importlib.util.module_from_spec(spec)
spec.loader.exec_module(recipe)
package = recipe.OmeZarrNativeConan()
package.settings, package.cpp_info = Settings, Info()
package.build_folder, package.package_folder = sys.argv[2:]
package.validate()
package.build()
package.package()
package.package_info()
assert package.cpp_info.libs == ["omezarr_native"], package.cpp_info.libs
print(package.version)
