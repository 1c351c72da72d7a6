"""How often strangers may knock, and that what has ended opens nothing from that moment on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smartflow.gateway.settings import LimitsSettings
from tests.kit.app import App, running
from tests.kit.people import PASSWORD, Answer, Door, Person


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, limits=LimitsSettings()) as app:
        yield app


async def log_in(app: App, name: str, password: str = PASSWORD) -> Answer:
    return await Door(app.http).post("/user/login", {"username": name, "password": password})


async def refresh(app: App, token: Any) -> Answer:
    return await Door(app.http).post("/user/refresh-token", {"refresh_token": token})


async def again(app: App, person: Person) -> Person:
    """Log a person in on another device."""
    answer = await log_in(app, person.name)
    assert answer.status == 200, answer.body
    return Person(app.http, person.name, person.id, answer.data)


async def test_five_accounts_are_made_from_one_address_then_one_every_six_seconds(limited: App) -> None:
    async def register(number: int) -> Answer:
        return await Door(limited.http).post("/user/register", {"username": f"new-{number}", "password": PASSWORD})

    answers = [await register(number) for number in range(6)]

    assert [answer.code for answer in answers] == ["10000"] * 5 + ["40033"]
    assert [answer.headers.get("ratelimit-remaining") for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[5].headers["retry-after"] == "6"
    limited.clock.advance(timedelta(seconds=6))
    assert (await register(6)).code == "10000"


async def test_a_name_may_be_tried_five_times_and_others_at_that_address_go_on(limited: App) -> None:
    ming, li = await limited.someone(), await limited.someone()

    tried = [(await log_in(limited, name, "wrong horse")).code for name in [ming.name] * 4 + [ming.name.upper()]]

    assert tried == ["40007"] * 4 + ["40033"]  # the first of five was the person's own
    assert (await log_in(limited, li.name)).status == 200


async def test_many_people_behind_one_address_can_log_in_at_once(limited: App) -> None:
    codes = [(await log_in(limited, f"student-{number}")).code for number in range(105)]

    assert codes == ["40007"] * 100 + ["40033"] * 5


async def test_failed_checks_of_a_password_count_together_on_whatever_route(limited: App) -> None:
    ming = await limited.someone()
    for _ in range(4):
        for _ in range(4):
            assert (await ming.put("/user/password", {"old_password": "wrong horse", "new_password": PASSWORD})).code == "40302"
        assert (await ming.delete("/user/me", {"password": "wrong horse"})).code == "40302"
        limited.clock.advance(timedelta(seconds=1))

    assert (await ming.delete("/user/me", {"password": PASSWORD})).code == "40033"
    assert (await log_in(limited, ming.name)).code == "40033"
    limited.clock.advance(timedelta(minutes=1))
    assert (await log_in(limited, ming.name)).status == 200


async def test_a_name_that_looks_like_an_id_locks_nobody_out(limited: App) -> None:
    ming = await limited.someone()
    for _ in range(5):
        for _ in range(4):
            await log_in(limited, str(ming.id), "wrong horse")
        limited.clock.advance(timedelta(seconds=31))

    assert (await log_in(limited, ming.name)).status == 200


async def test_refreshing_is_counted_by_session_and_else_by_address(limited: App) -> None:
    ming = await limited.someone()
    laptop = await again(limited, ming)

    codes = [(await refresh(limited, ming.tokens["refresh_token"])).code for _ in range(6)]

    assert codes == ["10000"] + ["40015"] * 4 + ["40033"]
    assert (await refresh(limited, laptop.tokens["refresh_token"])).status == 200
    strangers = [(await refresh(limited, "nonsense")).code for _ in range(21)]
    assert strangers == ["40011"] * 20 + ["40033"]


async def test_broken_requests_to_log_in_are_counted_by_address(limited: App) -> None:
    codes = [(await Door(limited.http).post("/user/login", {})).code for _ in range(21)]

    assert codes == ["40004"] * 20 + ["40033"]


async def test_what_another_session_ended_is_refused_at_once(app: App) -> None:
    ming = await app.someone()
    one, two, three = await again(app, ming), await again(app, ming), await again(app, ming)

    await ming.delete(f"/user/sessions/{one.tokens['session_id']}")
    assert (await one.get("/user/me")).code == "40017"
    await ming.delete("/user/sessions")
    assert (await two.get("/user/me")).code == "40017"
    assert (await refresh(app, three.tokens["refresh_token"])).code == "40017"
    four = await again(app, ming)
    await ming.put("/user/password", {"old_password": PASSWORD, "new_password": "another horse"})
    assert (await four.get("/user/me")).code == "40017"
    assert (await ming.get("/user/me")).status == 200


async def test_a_deleted_account_is_gone_at_once_in_every_session(app: App) -> None:
    ming = await app.someone()
    laptop = await again(app, ming)

    await ming.delete("/user/me", {"password": PASSWORD})

    assert [(await each.get("/user/me")).code for each in (ming, laptop)] == ["40014", "40014"]
    assert [(await refresh(app, each.tokens["refresh_token"])).code for each in (ming, laptop)] == ["40017", "40017"]


async def test_an_operator_who_sets_a_password_or_deletes_ends_sessions_as_soon_as_it_is_told(app: App) -> None:
    from smartflow.shared.kernel.call import Call
    from smartflow.shared.kernel.ids import OwnerId

    operator = Call(owner=OwnerId(0), request_id="operator")
    ming, li = await app.someone(), await app.someone()
    for each in (ming, li):
        assert (await each.get("/user/me")).status == 200

    await app.product.clients.userauth.set_password(operator, ming.name, "another horse")
    await app.product.clients.userauth.delete_user(operator, li.name)
    await app.settle()

    assert ((await ming.get("/user/me")).code, (await li.get("/user/me")).code) == ("40017", "40014")
