"""What the process tells of itself."""

from smartflow.shared.process.telemetry import Metrics


def test_metrics_are_exposed_as_prometheus_reads_them() -> None:
    metrics = Metrics()
    metrics.requests.labels("GET", "/task/get", "200").observe(0.02)
    metrics.backlog.labels("task").set(3)

    text = metrics.exposed().decode()

    assert 'smartflow_http_request_seconds_count{method="GET",route="/task/get",status="200"} 1.0' in text
    assert 'smartflow_outbox_backlog{publisher="task"} 3.0' in text


def test_two_processes_in_one_have_their_own_numbers() -> None:
    first, second = Metrics(), Metrics()
    first.unlimited.inc()

    assert b"smartflow_http_unlimited_total 1.0" in first.exposed()
    assert b"smartflow_http_unlimited_total 0.0" in second.exposed()
