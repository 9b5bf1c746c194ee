"""Finding the library, its errors, its log, and processes around it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from unittest import mock

from support import HEIGHT, WIDTH, ScratchTestCase

import omezarr_native as omz
from omezarr_native import _errors, _library
from omezarr_native._json import dumps


class LibraryTests(ScratchTestCase):
    def test_tells_its_version(self) -> None:
        self.assertRegex(omz.version(), r"^\d+\.\d+\.\d+")

    def test_the_environment_variable_names_a_file_or_its_folder(self) -> None:
        found = _library.library().path
        for value in (found, str(Path(found).parent)):
            with mock.patch.dict(os.environ, {_library.ENVIRONMENT_VARIABLE: value}):
                self.assertTrue(os.path.samefile(_library.find_library(), found))

    def test_says_where_it_looked_in_vain(self) -> None:
        with mock.patch.dict(os.environ, {_library.ENVIRONMENT_VARIABLE: "/nowhere"}):
            with self.assertRaisesRegex(omz.LibraryNotFoundError, "/nowhere"):
                _library.find_library()
        self.assertTrue(issubclass(omz.LibraryNotFoundError, ImportError))

    def test_a_library_without_our_functions_is_refused(self) -> None:
        other = _library.ctypes.util.find_library("c")
        with self.assertRaisesRegex(omz.LibraryNotFoundError, "omz_version"):
            _library.Library(other or "libc.so.6")

    def test_every_status_has_its_class_and_name(self) -> None:
        names = {status: _library.library().omz_status_name(status).decode() for status in range(-64, 0)}
        known = {status: name for status, name in names.items() if name != "OMZ_E_UNKNOWN"}
        self.assertEqual({status: kind.status_name for status, kind in _errors.BY_STATUS.items()}, known)

    def test_unknown_statuses_keep_their_number(self) -> None:
        error = _errors.error_for(-999, "OMZ_E_UNKNOWN", "what is new")
        self.assertIs(type(error), omz.OmeZarrError)
        self.assertIn("-999", str(error))

    def test_a_full_disk_has_the_errno_of_a_full_disk(self) -> None:
        error = _errors.error_for(omz.NoSpaceError.status, "", "no space")
        self.assertIsInstance(error, OSError)
        self.assertEqual(error.errno, errno.ENOSPC)
        self.assertEqual(str(error), "no space")

    def test_no_permission_is_a_permission_error(self) -> None:
        self.assertTrue(issubclass(omz.AccessDeniedError, PermissionError))
        self.assertTrue(issubclass(omz.TimedOutError, TimeoutError))
        self.assertTrue(issubclass(omz.OutOfMemoryError, MemoryError))

    def test_log_lines_come_to_the_callback(self) -> None:
        lines = []
        omz.set_log_callback(lambda level, message: lines.append((level, message)), omz.LogLevel.DEBUG)
        try:
            omz.create_stream(self.settings()).close()
        finally:
            omz.set_log_callback(None)
        self.assertTrue(lines)
        self.assertTrue(all(isinstance(level, omz.LogLevel) and message for level, message in lines))
        count = len(lines)
        omz.create_stream(self.settings(overwrite=True)).close()
        self.assertEqual(len(lines), count)

    def test_a_log_callback_that_blocks_keeps_no_stream_waiting(self) -> None:
        entered, may_leave = threading.Event(), threading.Event()

        def blocks(level: int, message: str) -> None:
            entered.set()
            may_leave.wait()

        omz.set_log_callback(blocks, omz.LogLevel.DEBUG)
        try:
            omz.create_stream(self.settings()).close()
            self.assertTrue(entered.wait(60))
            with self.assertRaises(omz.TimedOutError):
                omz.set_log_callback(None)
            omz.create_stream(self.settings(overwrite=True)).close()
        finally:
            may_leave.set()
            omz.set_log_callback(None)  # none is running any more

    def test_what_cannot_be_a_log_file_is_refused(self) -> None:
        for path in (self.scratch, self.scratch / "no" / "log.txt", "/dev/null"):
            with self.subTest(path), self.assertRaisesRegex(omz.InvalidArgumentError, str(path)):
                omz.set_log_file(path)

    def test_a_missing_folder_is_a_file_not_found_error(self) -> None:
        with self.assertRaises(FileNotFoundError) as caught:
            omz.set_log_file(self.scratch / "no" / "log.txt")
        self.assertEqual(caught.exception.errno, errno.ENOENT)

    def test_log_lines_go_to_a_file(self) -> None:
        log = self.scratch / "log.txt"
        omz.set_log_file(log, omz.LogLevel.DEBUG)
        try:
            omz.create_stream(self.settings()).close()
        finally:
            omz.set_log_file(None)
        self.assertTrue(log.read_text().strip())

    def test_a_stream_that_is_open_when_the_interpreter_ends_is_stored(self) -> None:
        program = (
            "import json, sys, omezarr_native as omz\n"
            "omz.set_log_callback(lambda level, message: None, omz.LogLevel.DEBUG)\n"
            "stream = omz.create_stream(sys.argv[1])\n"
            f"stream.append(bytes([7]) * {2 * HEIGHT * WIDTH})\n"
        )
        environment = dict(os.environ, PYTHONPATH=str(Path(omz.__file__).parents[1]), PYTHONWARNINGS="ignore")
        environment[_library.ENVIRONMENT_VARIABLE] = _library.library().path
        subprocess.run(
            [sys.executable, "-c", program, dumps(self.settings(1))], env=environment, check=True, timeout=120
        )
        self.assertEqual(self.path.joinpath("0", "c", "0", "0", "0").read_bytes(), bytes([7]) * (2 * HEIGHT * WIDTH))

    @unittest.skipUnless(hasattr(os, "fork"), "a system without fork")
    def test_a_forked_child_is_refused(self) -> None:
        with omz.create_stream(self.settings(1)) as stream:
            child = os.fork()
            if child == 0:
                try:
                    stream.skip(frames=1)
                except omz.ForkedError:
                    os._exit(17)
                finally:
                    os._exit(1)
            self.assertEqual(os.waitpid(child, 0)[1] >> 8, 17)
            stream.append(bytes(2 * HEIGHT * WIDTH))



if __name__ == "__main__":
    unittest.main()
