"""Calls that wait: Ctrl-C gets through with a known outcome, other tasks run, progress is told."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import io
import signal
import threading
import unittest
from typing import Any, Callable, Iterator, List
from unittest import mock

from support import HEIGHT, WIDTH, ScratchTestCase

import numpy as np
import raw_zarr

import omezarr_native as omz
from omezarr_native import _library

FRAME = np.arange(HEIGHT * WIDTH, dtype="uint16").reshape(HEIGHT, WIDTH)


class WaitingTestCase(ScratchTestCase):
    """With a stream whose only slots somebody else holds, so that every append waits until they are given back."""

    def full_stream(self, timeout_ms: int = -1, **others: Any) -> omz.Stream:
        pipeline = {"ring_frames": 2, "append_timeout_ms": timeout_ms}
        stream = omz.create_stream(self.settings(overwrite=True, pipeline=pipeline, **others))
        native = ctypes.CDLL(_library.library().path)
        native.omz_acquire_slot.argtypes = [ctypes.c_uint64, ctypes.c_int32] + 3 * [ctypes.c_void_p]
        native.omz_cancel_slot.argtypes = [ctypes.c_uint64, ctypes.c_int32]
        pixels, slot = ctypes.c_void_p(), ctypes.c_int32()
        slots = []
        for _ in range(2):
            status = native.omz_acquire_slot(stream._handle, 0, ctypes.addressof(pixels), None, ctypes.addressof(slot))
            self.assertEqual(status, 0)
            slots.append(slot.value)
        self.give_back: Callable[[], List[int]] = lambda: [native.omz_cancel_slot(stream._handle, slot) for slot in slots]
        return stream


class SignalTests(WaitingTestCase):
    @contextlib.contextmanager
    def interrupted(self) -> Iterator[None]:
        """Ctrl-C a moment later, and again and again in case the first came too soon."""
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        try:
            with self.assertRaises(KeyboardInterrupt) as caught:
                yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        self.error = caught.exception

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, signal.default_int_handler))

    def test_an_append_that_waits_is_interrupted_and_took_nothing(self) -> None:
        stream = self.full_stream()
        for append in (stream.append, stream.lend):
            with self.interrupted():
                # no room for texts either, so that lending waits, too
                with mock.patch("omezarr_native._lending._MOST_LENT", 0):
                    append(FRAME)
            self.assertIs(self.error.frame_taken, False)  # type: ignore[attr-defined]
        self.assertEqual(stream.stats().frames_appended, 0)
        self.give_back()
        with stream:
            self.assertTrue(stream.append(FRAME))
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0")[0], FRAME)

    def test_an_append_waits_as_long_as_the_settings_say(self) -> None:
        for timeout_ms in (0, 1, 150):
            stream = self.full_stream(timeout_ms)
            with self.assertRaisesRegex(omz.TimedOutError, "slots of the ring"):
                stream.append(FRAME)
            self.give_back()
            stream.close()

    def test_every_other_call_that_waits_is_interrupted(self) -> None:
        stream = omz.create_stream(self.settings())
        native = _library.library()
        stuck = threading.Event()
        self.addCleanup(stuck.set)

        def waits(handle: int, wait_ms: int, *others: Any) -> int:
            self.assertLessEqual(wait_ms, 200, "no signal gets through meanwhile")
            stuck.wait(wait_ms / 1000)
            return omz.TimedOutError.status

        with mock.patch.object(native, "omz_flush", waits), self.interrupted():
            stream.flush()
        with mock.patch.object(native, "omz_finalize_poll", waits), self.interrupted():
            stream.close()
        self.assertFalse(stream.closed)
        stream.close()
        self.assertTrue(stream.closed)

    def test_an_abort_that_is_interrupted_goes_on(self) -> None:
        stream = omz.create_stream(self.settings())
        native, may_end, calls = _library.library(), threading.Event(), []
        omz_abort = native.omz_abort

        def waits(handle: int) -> int:
            calls.append(handle)
            may_end.wait()
            return int(omz_abort(handle))

        with mock.patch.object(native, "omz_abort", waits):
            with self.interrupted():
                stream.abort()
            self.assertFalse(stream.closed)
            may_end.set()
            stream.abort()
        self.assertTrue(stream.closed)
        self.assertEqual(len(calls), 1)

    def test_a_create_that_is_interrupted_leaves_no_stream(self) -> None:
        native, may_end, created = _library.library(), threading.Event(), threading.Event()
        omz_create, omz_abort = native.omz_create, native.omz_abort

        def waits(*arguments: Any) -> int:
            may_end.wait()
            return int(omz_create(*arguments))

        def aborts(handle: int) -> int:
            status = int(omz_abort(handle))
            created.set()
            return status

        with mock.patch.object(native, "omz_create", waits), mock.patch.object(native, "omz_abort", aborts):
            with self.interrupted():
                omz.create_stream(self.settings())
            may_end.set()
            self.assertTrue(created.wait(60))
        omz.create_stream(self.settings(overwrite=True)).close()  # nobody else has it open

    def test_every_frame_is_stored_once_whenever_signals_come(self) -> None:
        count = 1500
        frames = [np.full((HEIGHT, WIDTH), number, "uint16") for number in range(count)]
        interrupts, told = 0, 0
        stream = omz.create_stream(self.settings(count))
        number = 0
        while number < count:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0007)
                while number < count:
                    stream.append(frames[number], frame_metadata={"note": number} if number % 2 else None)
                    number += 1
            except KeyboardInterrupt as error:
                while True:
                    try:
                        signal.setitimer(signal.ITIMER_REAL, 0)
                        break
                    except KeyboardInterrupt:
                        pass
                interrupts += 1
                appended = stream.stats().frames_appended
                if hasattr(error, "frame_taken"):
                    told += 1
                    self.assertEqual(error.frame_taken, appended == number + 1, f"at {number}")
                self.assertIn(appended, (number, number + 1))
                number = appended
        signal.setitimer(signal.ITIMER_REAL, 0)
        stream.close()
        self.assertGreater(told, 20, f"of {interrupts}")
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0"), np.stack(frames))


class ProgressTests(ScratchTestCase):
    def test_tells_how_far_it_is(self) -> None:
        told: List[float] = []
        with omz.create_stream(self.settings(), progress=told.append) as stream:
            stream.append(FRAME)
        self.assertEqual(told, sorted(told))
        self.assertEqual(told[-1], 1.0)
        omz.create_stream(self.settings(overwrite=True), progress=told.append).close(progress=False)
        self.assertEqual(told[-1:], told[told.index(1.0) :])

    def test_draws_a_bar(self) -> None:
        with mock.patch("sys.stderr", io.StringIO()) as output:
            omz.create_stream(self.settings()).close(progress=True)
        self.assertTrue(output.getvalue().endswith("] 100 %\n"), output.getvalue())
        self.assertTrue(output.getvalue().startswith("\rstoring ["))


class AsyncTests(WaitingTestCase, unittest.IsolatedAsyncioTestCase):
    async def test_appends_and_closes(self) -> None:
        settings = self.settings(3)
        async with omz.create_stream(settings) as stream:
            for number in range(3):
                self.assertTrue(await stream.aappend(FRAME + number, frame_metadata={"note": number}, index={"t": number}))
        self.assertTrue(stream.closed)
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0"), [FRAME, FRAME + 1, FRAME + 2])
        await stream.aclose()
        with self.assertRaises(omz.FinalizedError):
            await stream.aappend(FRAME)

    async def test_says_which_exception_ended_it(self) -> None:
        with mock.patch.object(_library.library(), "omz_set_end_reason") as said:
            with self.assertRaises(RuntimeError):
                async with omz.create_stream(self.settings()):
                    raise RuntimeError("the stage is stuck")
        self.assertEqual(said.call_args.args[1], b"RuntimeError: the stage is stuck")

    async def test_other_tasks_run_while_an_append_waits_and_frames_keep_their_order(self) -> None:
        stream = self.full_stream()
        tasks = [asyncio.create_task(stream.aappend(FRAME + number)) for number in range(4)]
        for _ in range(3):
            await asyncio.sleep(0.001)
        self.assertFalse(any(task.done() for task in tasks))
        tasks[1].cancel()
        with self.assertRaises(asyncio.CancelledError):
            await tasks[1]
        self.give_back()
        self.assertEqual(await asyncio.gather(tasks[0], tasks[2], tasks[3]), 3 * [True])
        await stream.aclose()
        np.testing.assert_array_equal(raw_zarr.read(self.path / "0")[:3], [FRAME, FRAME + 2, FRAME + 3])

    async def test_an_append_waits_as_long_as_the_settings_say(self) -> None:
        stream = self.full_stream(10)
        with self.assertRaises(omz.TimedOutError):
            await stream.aappend(FRAME)
        self.give_back()
        stream.abort()


if __name__ == "__main__":
    unittest.main()
