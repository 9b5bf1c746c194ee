# The library is compiled ahead of time from C#, so the port installs a release's archive instead of building it. Say where it is:
#   OMEZARR_NATIVE_ARCHIVE=.../omezarr-native-0.1.0-linux-x64.tar.gz vcpkg install omezarr-native --overlay-ports=packaging/vcpkg
# (with VCPKG_KEEP_ENV_VARS=OMEZARR_NATIVE_ARCHIVE, since vcpkg builds in a clean environment).
if(NOT EXISTS "$ENV{OMEZARR_NATIVE_ARCHIVE}")
  message(FATAL_ERROR "OMEZARR_NATIVE_ARCHIVE names no archive of a release: \"$ENV{OMEZARR_NATIVE_ARCHIVE}\"")
endif()
set(VCPKG_POLICY_DLLS_WITHOUT_LIBS enabled)
set(VCPKG_POLICY_MISMATCHED_NUMBER_OF_BINARIES enabled)

vcpkg_extract_source_archive(archive ARCHIVE "$ENV{OMEZARR_NATIVE_ARCHIVE}")

file(INSTALL "${archive}/include/" DESTINATION "${CURRENT_PACKAGES_DIR}/include")
if(VCPKG_TARGET_IS_WINDOWS)
  set(library "bin/omezarr_native.dll")
  file(INSTALL "${archive}/lib/omezarr_native.lib" DESTINATION "${CURRENT_PACKAGES_DIR}/lib")
elseif(VCPKG_TARGET_IS_OSX)
  set(library "lib/libomezarr_native.dylib")
else()
  set(library "lib/libomezarr_native.so")
endif()
get_filename_component(folder "${library}" DIRECTORY)
get_filename_component(name "${library}" NAME)
file(INSTALL "${archive}/${name}" DESTINATION "${CURRENT_PACKAGES_DIR}/${folder}")

# The archive has the library at its top, vcpkg in a folder of its own.
file(GLOB config "${archive}/lib/cmake/OmeZarrNative/*.cmake")
file(INSTALL ${config} DESTINATION "${CURRENT_PACKAGES_DIR}/share/OmeZarrNative")
file(READ "${CURRENT_PACKAGES_DIR}/share/OmeZarrNative/OmeZarrNativeConfig.cmake" text)
string(REPLACE "\${_omezarr_here}/../../.." "\${_omezarr_here}/../.." text "${text}")
string(REPLACE "\${_omezarr_prefix}/${name}" "\${_omezarr_prefix}/${library}" text "${text}")
file(WRITE "${CURRENT_PACKAGES_DIR}/share/OmeZarrNative/OmeZarrNativeConfig.cmake" "${text}")

file(INSTALL "${archive}/licences" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${archive}/LICENSE" "${archive}/THIRD-PARTY-NOTICES.md")
