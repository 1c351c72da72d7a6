"""What was told in one version means the same for ever."""

from tests.contract.events.write import changed, current, kept


def test_no_event_changes_without_a_new_version() -> None:
    assert changed(kept(), current()) == []


def test_every_event_is_written_down() -> None:
    assert set(current()) <= set(kept()), "run `make schemas` and commit what it writes"


def test_a_changed_field_is_noticed_until_the_version_is_raised() -> None:
    known = {"task.created 1": {"publisher": "task", "payload": {"owner": "integer"}}}
    now = {"publisher": "task", "payload": {"owner": "string"}}

    assert len(changed(known, {"task.created 1": now})) == 1
    assert changed(known, {"task.created 2": now}) == []
