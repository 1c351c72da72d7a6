"""What work comes from is known where it goes on."""

import subprocess
import sys

from smartflow.shared.kernel.trace import Origin, continued, current_origin, current_request, current_trace, span

PARENT = f"00-{7:032x}-{8:016x}-01"
# A tracer is a whole process's, so it is given one.
TRACED = """
from contextlib import contextmanager
from opentelemetry import trace
from smartflow.shared.kernel.trace import Origin, continued, current_origin, span

class Tracer(trace.NoOpTracer):
    @contextmanager
    def start_as_current_span(self, name, **rest):
        print(name)
        context = trace.SpanContext(7, 8, is_remote=False, trace_flags=trace.TraceFlags(1))
        with trace.use_span(trace.NonRecordingSpan(context)) as current:
            yield current

class Provider(trace.TracerProvider):
    def get_tracer(self, *args, **rest):
        return Tracer()

trace.set_tracer_provider(Provider())
with continued(Origin("", "r-1")), span("event.react", kind="test.counted"):
    print(current_origin().line())
"""
FAILED = (
    TRACED.partition("with continued")[0].replace("current:", "current, told(current):")
    + """
@contextmanager
def told(made):
    made.set_status = lambda status: print(status.status_code.name, status.description)
    yield

try:
    with span("task.complete"):
        raise ValueError("what a person said")
except ValueError:
    print("raised")
"""
)


def test_without_a_trace_there_is_nothing_to_carry() -> None:
    with span("task.complete", attempt=1), continued(Origin()):
        assert (current_trace(), current_request()) == ("", "")
        assert current_origin().line() == ""


def test_a_trace_is_carried_on_and_ends_where_it_should() -> None:
    with continued(Origin(PARENT)), span("task.complete"):
        assert current_trace() == PARENT

    assert current_trace() == ""


def test_a_broken_trace_is_ignored_and_the_request_is_known_all_the_same() -> None:
    with continued(Origin("not a trace", "r-1")):
        assert current_origin() == Origin("", "r-1")


def test_a_request_is_known_inside_and_nowhere_else() -> None:
    with continued(Origin("", "r-1")):
        with continued(Origin("", "r-2")):
            assert current_request() == "r-2"
        assert current_request() == "r-1"

    assert current_request() == ""


def test_a_span_tells_which_kind_of_error_ended_it_and_not_its_words() -> None:
    done = subprocess.run([sys.executable, "-c", FAILED], capture_output=True, text=True, check=False)

    assert (done.stdout.split(), done.stderr) == (["task.complete", "ERROR", "ValueError", "raised"], "")


def test_an_origin_travels_on_one_line_and_fits_its_column() -> None:
    for origin in (Origin(), Origin(PARENT), Origin("", "a;b c"), Origin(PARENT, "r-1")):
        assert Origin.read(origin.line()) == origin

    assert len(Origin(PARENT, "x" * 500).line()) <= 128
    assert Origin(PARENT).trace_id == f"{7:032x}"


def test_with_a_tracer_each_span_is_what_its_inside_belongs_to() -> None:
    found = subprocess.run([sys.executable, "-c", TRACED], check=True, capture_output=True, text=True, timeout=60)

    assert found.stdout.split() == ["event.react", f"{PARENT};r-1"]
