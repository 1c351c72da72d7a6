"""The words of the wire that both ends share: headers, statuses, and the frames of a stream."""

from collections.abc import Mapping
from struct import Struct as Layout

MSGPACK = "application/msgpack"
FRAMES = "application/x-smartflow-frames"
TIME_LEFT = "x-time-left-ms"
REQUEST_ID = "x-request-id"
TRACE = "traceparent"
REPLAYED = "x-replayed"
HEADERS: Mapping[str, str] = {"content-type": MSGPACK}

ANSWERED, REFUSED, FAILED = 200, 422, 500

PIECE, END, REFUSAL, FAILURE = range(4)
HEAD = Layout(">BI")  # what kind of frame, and how many bytes follow


def frame(kind: int, body: bytes = b"") -> bytes:
    """Make one frame of a stream."""
    return HEAD.pack(kind, len(body)) + body
