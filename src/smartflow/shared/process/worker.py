"""The far end of the pool: a process that does one job at a time, and how a job learns that it should stop."""

import pickle
import signal
import traceback
from contextvars import ContextVar
from multiprocessing.connection import Connection

_CONNECTION: ContextVar["Connection[bytes, bytes] | None"] = ContextVar("pool_connection", default=None)


def should_stop() -> bool:
    """Tell a long job, between its steps, that nobody waits for its answer any more or that its time is up."""
    connection = _CONNECTION.get()
    # During a job nothing is sent here but the request to stop it; a pool that died reads as one.
    return connection is not None and connection.poll(0)


def main(connection: "Connection[bytes, bytes]") -> None:
    """Do the jobs that arrive until the pool goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the pool decides when its workers end
    _CONNECTION.set(connection)
    try:
        connection.send_bytes(b"ready")
        while True:
            job = connection.recv_bytes()
            if job:  # an empty frame is a request to stop that came too late
                connection.send_bytes(_do(job))
    except (EOFError, OSError):
        return


def _do(job: bytes) -> bytes:
    try:
        function, args = pickle.loads(job)  # noqa: S301 - from our own pool, over a private pipe
        return pickle.dumps((True, function(*args)))
    except Exception as error:  # noqa: BLE001 - whatever a job raises is its caller's to see
        error.add_note("".join(traceback.format_exception(error)))
        return _raised(error)


def _raised(error: Exception) -> bytes:
    try:
        return pickle.dumps((False, (type(error), error.args, error.__dict__)))
    except Exception:  # noqa: BLE001 - an error that cannot travel still has to be told
        return pickle.dumps((False, (RuntimeError, (f"{type(error).__qualname__} in a job",), {})))


def answer_of(reply: bytes) -> object:
    """Unpack what a job gave, or raise what it raised."""
    succeeded, value = pickle.loads(reply)  # noqa: S301 - from our own worker, over a private pipe
    if succeeded:
        return value
    kind, args, state = value
    # Rebuilt without its constructor, whose parameters are the error's own business.
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    raise error
