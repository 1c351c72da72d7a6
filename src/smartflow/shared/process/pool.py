"""Work that would hold up the event loop (planning, password hashes, big files) goes to a pool of processes."""

import asyncio
import os
import pickle
from asyncio import Event, Semaphore, Task
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from threading import Lock
from typing import Protocol, TypeVar, TypeVarTuple, Unpack, cast

from smartflow.shared.kernel.refusal import DeadlinePassed, Unavailable
from smartflow.shared.process import worker
from smartflow.shared.process.logs import logger

R = TypeVar("R")
Args = TypeVarTuple("Args")
GRACE = timedelta(seconds=2)
_BOOT_SECONDS = 30.0
_LEAVE_SECONDS = 1.0
WORKERS = max(2, (os.cpu_count() or 2) - 1)
"""So many leave the event loop a core; with two at least, a kind of jobs held to one fewer keeps none of another waiting."""


class Pool(Protocol):
    """Runs functions away from the event loop."""

    async def run(self, function: Callable[[Unpack[Args]], R], *args: *Args, deadline: timedelta, kind: str = "") -> R:
        """Run an importable function in a worker; gives what it gives and raises what it raises.

        `deadline` counts from the moment a worker begins. Then, or when the caller is cancelled, `should_stop()` turns
        true for the job, which may still answer with what it has; one that overruns by `GRACE` is ended.

        Raises:
            Unavailable: Too many jobs wait already, or the worker died.
            DeadlinePassed: The job had to be ended.
        """
        ...


class ProcessPool:
    """Spawned workers, made on first use and replaced when they die; to be made and used on one event loop.

    `limits` holds kinds of jobs to less than all workers; `waiting` bounds the queue.
    """

    def __init__(
        self, *, workers: int | None = None, limits: Mapping[str, int] | None = None, waiting: int = 64, grace: timedelta = GRACE
    ) -> None:
        self.workers = workers or WORKERS
        self._slots = Semaphore(self.workers)
        self._limits = {kind: Semaphore(limit) for kind, limit in (limits or {}).items()}
        self._room = waiting
        self._closed = False
        self._grace = grace.total_seconds()
        self._idle: list[_Process] = []
        self._jobs: dict[Task[bytes], Event] = {}
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="pool")
        self._log = logger("pool")

    async def run(self, function: Callable[[Unpack[Args]], R], *args: *Args, deadline: timedelta, kind: str = "") -> R:
        """Run an importable function in a worker; gives what it gives and raises what it raises.

        Raises:
            Unavailable: Too many jobs wait already, or the worker died.
            DeadlinePassed: The job had to be ended.
        """
        job = pickle.dumps((function, args))
        slots = await self._admit(kind)
        if self._closed:
            _release(slots)
            raise Unavailable
        leave = Event()
        attended = asyncio.ensure_future(self._attend(job, slots, deadline=deadline, leave=leave))
        self._jobs[attended] = leave
        attended.add_done_callback(self._forget)
        try:
            reply = await asyncio.shield(attended)
        except asyncio.CancelledError:
            leave.set()
            raise
        return cast("R", worker.answer_of(reply))

    async def close(self) -> None:
        """Stop the jobs in hand and end the workers."""
        self._closed = True
        for leave in self._jobs.values():
            leave.set()
        if self._jobs:
            await asyncio.wait(list(self._jobs))
        for process in self._idle:
            await self._in_thread(process.end)
        self._idle.clear()
        self._threads.shutdown()

    async def _admit(self, kind: str) -> list[Semaphore]:
        if self._room == 0:
            raise Unavailable
        self._room -= 1
        held: list[Semaphore] = []
        try:
            for slot in (self._limits.get(kind), self._slots):
                if slot is not None:
                    await slot.acquire()
                    held.append(slot)
        except asyncio.CancelledError:
            _release(held)
            raise
        finally:
            self._room += 1
        return held

    async def _attend(self, job: bytes, slots: list[Semaphore], *, deadline: timedelta, leave: Event) -> bytes:
        try:
            process = await self._take()
            try:
                reply = await self._exchange(process, job, deadline=deadline, leave=leave)
            except BaseException:
                await self._in_thread(process.end)
                raise
            self._idle.append(process)
        except (EOFError, OSError) as error:
            self._log.warning("pool.worker_lost")
            raise Unavailable from error
        else:
            return reply
        finally:
            _release(slots)

    async def _exchange(self, process: "_Process", job: bytes, *, deadline: timedelta, leave: Event) -> bytes:
        process.take_up()
        reply = asyncio.ensure_future(self._in_thread(process.exchange, job))
        leaving = asyncio.ensure_future(leave.wait())
        try:
            await asyncio.wait((reply, leaving), timeout=deadline.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
            if not reply.done():
                process.ask_to_stop()
                await asyncio.wait((reply,), timeout=self._grace)
            if not reply.done():
                process.kill()
                await asyncio.wait((reply,))
                reply.exception()
                raise DeadlinePassed
            return await reply
        finally:
            leaving.cancel()

    async def _take(self) -> "_Process":
        while self._idle:
            process = self._idle.pop()
            if process.lives():
                return process
            self._log.warning("pool.worker_replaced")
            await self._in_thread(process.end)
        return await self._in_thread(_Process)

    async def _in_thread(self, function: Callable[[Unpack[Args]], R], *args: *Args) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    def _forget(self, attended: Task[bytes]) -> None:
        del self._jobs[attended]
        if not attended.cancelled():
            attended.exception()  # its caller may have left; then nobody else looks


class _Process:
    """One worker and our end of the pipe to it; making one, `exchange` and `end` block."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=worker.main, args=(theirs,), name="smartflow-worker", daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_BOOT_SECONDS):
            self._process.kill()
            raise EOFError
        self._pipe.recv_bytes()
        self._lock = Lock()
        self._sent = self._stop = False

    def take_up(self) -> None:
        """Begin with a new job; before any thread knows of it."""
        self._sent = self._stop = False

    def exchange(self, job: bytes) -> bytes:
        self._pipe.send_bytes(job)
        with self._lock:
            self._sent = True
            if self._stop:
                self._pipe.send_bytes(b"")
        return self._pipe.recv_bytes()

    def ask_to_stop(self) -> None:
        """Tell the job to stop: now, or as soon as the pipe is no longer busy with sending it."""
        with self._lock, suppress(OSError):  # one that died needs no telling
            self._stop = True
            if self._sent:
                self._pipe.send_bytes(b"")

    def lives(self) -> bool:
        return self._process.exitcode is None

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self._pipe.close()  # an idle worker leaves by itself
        self._process.join(_LEAVE_SECONDS)
        self._process.kill()
        self._process.join()
        self._process.close()


def _release(slots: list[Semaphore]) -> None:
    for slot in slots:
        slot.release()
