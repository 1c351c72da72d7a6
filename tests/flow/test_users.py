"""Accounts and login sessions, through the front door."""

from datetime import timedelta

import pytest
from dirty_equals import IsInt, IsPartialDict, IsStr

from smartflow.client.userauth import UserDeleted
from tests.kit.app import App
from tests.kit.people import PASSWORD, Door, Person, twice


def door(app: App) -> Door:
    return Door(app.http)


async def test_a_stranger_registers_logs_in_and_is_known(app: App) -> None:
    ming = await app.someone(**{"Accept-Language": "zh-CN,zh;q=0.9"})

    me = await ming.get("/user/me")

    assert me.data == {
        "id": ming.id,
        "username": ming.name,
        "phone_number": None,
        "language": "zh",
        "zone": "Asia/Shanghai",
        "created_at": "2026-09-14T10:00:00+08:00",
    }
    assert me.body["info"] == "成功。"
    assert ming.tokens == {
        "access_token": IsStr,
        "refresh_token": IsStr,
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_expires_in": 604800,
        "session_id": IsStr,
        "user_id": IsInt,
    }


async def test_two_registrations_of_one_name_at_once_make_one_account(app: App) -> None:
    async def register():
        return await door(app).post("/user/register", {"username": "Twin", "password": PASSWORD}, key=None)

    answers = await twice(register)

    assert sorted(answer.code for answer in answers) == ["10000", "40003"]


async def test_names_are_compared_folded(app: App) -> None:
    ming = await app.someone()

    again = await door(app).post("/user/register", {"username": ming.name.upper().replace("P", "Ｐ"), "password": PASSWORD})

    assert again.code == "40003"


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        ({}, {"username": "required", "password": "required"}),
        ({"username": "中" * 16, "password": PASSWORD}, {"username": "length"}),
        ({"username": "a\nb", "password": PASSWORD}, {"username": "format"}),
        ({"username": "   ", "password": PASSWORD}, {"username": "length"}),
        ({"username": "somebody", "password": "short"}, {"password": "length"}),
        ({"username": "somebody", "password": "长" * 100}, {"password": "length"}),
        ({"username": "somebody", "password": PASSWORD, "phone_number": "1" * 19}, {"phone_number": "length"}),
    ],
)
async def test_a_registration_that_breaks_rules_names_them(app: App, body: dict[str, str], broken: dict[str, str]) -> None:
    answer = await door(app).post("/user/register", body)

    assert (answer.status, answer.broken) == (422, broken)


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(app: App) -> None:
    ming = await app.someone()

    answers = [await door(app).post("/user/login", {"username": name, "password": "wrong horse"}) for name in (ming.name, "nobody at all")]

    assert [(answer.status, answer.code, answer.body["info"]) for answer in answers] == [(401, "40007", "Wrong username or password.")] * 2


async def test_a_refresh_token_is_exchanged_once(own_app: App) -> None:
    ming = await own_app.someone()
    old = {"refresh_token": ming.tokens["refresh_token"]}

    answers = await twice(lambda: door(own_app).post("/user/refresh-token", old))

    assert sorted(answer.code for answer in answers) == ["10000", "40015"]
    fresh = next(answer for answer in answers if answer.status == 200)
    assert fresh.data["session_id"] == ming.tokens["session_id"]
    mine = Person(own_app.http, ming.name, ming.id, fresh.data)
    assert (await mine.get("/user/me")).status == 200


async def test_a_lost_answer_does_not_end_a_session_and_a_stolen_token_does(own_app: App) -> None:
    ming = await own_app.someone()
    first = ming.tokens["refresh_token"]

    async def exchange(token: str):
        return await door(own_app).post("/user/refresh-token", {"old_refresh_token": token})

    lost = (await exchange(first)).data["refresh_token"]
    own_app.clock.advance(timedelta(seconds=11))
    again = await exchange(first)
    assert again.status == 200
    assert (await exchange(lost)).code == "40017"
    await own_app.settle()
    assert (await exchange(again.data["refresh_token"])).code == "40017"


async def test_a_used_successor_means_a_stolen_token(own_app: App) -> None:
    ming = await own_app.someone()

    async def exchange(token: str):
        return await door(own_app).post("/user/refresh-token", {"refresh_token": token})

    second = (await exchange(ming.tokens["refresh_token"])).data["refresh_token"]
    third = (await exchange(second)).data["refresh_token"]
    own_app.clock.advance(timedelta(seconds=11))

    assert (await exchange(ming.tokens["refresh_token"])).code == "40017"
    assert (await exchange(third)).code in {"40015", "40017"}


async def test_tokens_that_are_not_good_are_told_apart(own_app: App) -> None:
    ming = await own_app.someone()
    anybody = door(own_app)

    async def me(token: str | None):
        headers = {} if token is None else {"Authorization": token}
        return (await anybody.ask("GET", "/user/me", headers=headers)).code

    access, refresh = ming.tokens["access_token"], ming.tokens["refresh_token"]
    assert await me(None) == "40009"
    assert await me("Bearer ") == "40009"
    assert await me("nonsense") == "40011"
    assert await me(access[:-4] + "AAAA") == "40011"
    assert await me("eyJhbGciOiJIUzI1NiJ9.e30.AAAA") == "40010"
    assert await me(refresh) == "40016"
    assert await me(access) == "10000"
    own_app.clock.advance(timedelta(minutes=16))
    assert await me(access) == "40011"
    assert (await anybody.post("/user/refresh-token", {})).broken == {"refresh_token": "required"}
    assert (await anybody.post("/user/refresh-token", {"refresh_token": access})).code == "40016"


async def test_logging_out_ends_the_session_at_once(app: App) -> None:
    ming = await app.someone()

    assert (await ming.post("/user/logout")).status == 200
    assert (await ming.get("/user/me")).code == "40017"
    assert (await door(app).post("/user/refresh-token", {"refresh_token": ming.tokens["refresh_token"]})).code == "40017"


async def test_sessions_are_listed_and_ended(app: App) -> None:
    ming = await app.someone()
    other = Person(app.http, ming.name, ming.id, (await door(app).post("/user/login", {"username": ming.name, "password": PASSWORD})).data)

    listed = (await ming.get("/user/sessions")).data
    assert {session["session_id"]: session["current"] for session in listed} == {
        ming.tokens["session_id"]: True,
        other.tokens["session_id"]: False,
    }
    assert (await ming.delete("/user/sessions/00000000-0000-0000-0000-000000000000")).code == "40405"
    assert (await ming.delete("/user/sessions/nonsense")).broken == {"session_id": "format"}
    assert (await ming.delete(f"/user/sessions/{other.tokens['session_id']}")).status == 200
    assert (await other.get("/user/me")).code == "40017"

    third = Person(app.http, ming.name, ming.id, (await door(app).post("/user/login", {"username": ming.name, "password": PASSWORD})).data)
    assert (await ming.delete("/user/sessions")).status == 200
    await app.settle()
    assert (await third.get("/user/me")).code == "40017"
    assert (await ming.get("/user/me")).status == 200


async def test_language_zone_and_number_can_be_changed(app: App) -> None:
    ming = await app.someone()

    changed = await ming.patch("/user/me", {"zone": "Europe/London", "language": "zh", "phone_number": "123"})
    cleared = await ming.patch("/user/me", {"phone_number": None})

    assert changed.data == IsPartialDict(zone="Europe/London", language="zh", phone_number="123", created_at="2026-09-14T03:00:00+01:00")
    assert cleared.data["phone_number"] is None
    assert (await ming.patch("/user/me", {})).code == "40063"
    assert (await ming.patch("/user/me", {"zone": "Mars/Olympus"})).broken == {"zone": "enum"}
    made = await ming.post("/task/create", {"title": "Report", "priority_group": 1, "deadline_at": "2026-09-20T00:00:00+08:00"})
    assert made.data["deadline_at"] == "2026-09-19T17:00:00+01:00"


async def test_a_password_is_changed_with_the_old_one_only(app: App) -> None:
    ming = await app.someone()
    other = Person(app.http, ming.name, ming.id, (await door(app).post("/user/login", {"username": ming.name, "password": PASSWORD})).data)

    assert (await ming.put("/user/password", {"old_password": "wrong horse", "new_password": "new horse 1"})).code == "40302"
    assert (await ming.put("/user/password", {"old_password": PASSWORD, "new_password": "new"})).broken == {"new_password": "length"}
    assert (await ming.put("/user/password", {"old_password": PASSWORD, "new_password": "new horse 1"})).status == 200
    await app.settle()

    assert (await other.get("/user/me")).code == "40017"
    assert (await ming.get("/user/me")).status == 200
    assert (await door(app).post("/user/login", {"username": ming.name, "password": PASSWORD})).code == "40007"
    assert (await door(app).post("/user/login", {"username": ming.name, "password": "new horse 1"})).status == 200


async def test_a_deleted_account_takes_everything_along(app: App) -> None:
    ming = await app.someone()
    await ming.adds_task("Report")

    assert (await ming.delete("/user/me", {"password": "wrong horse"})).code == "40302"
    gone = await ming.delete("/user/me", {"password": PASSWORD})
    await app.settle()

    assert gone.data == {"erasing": True}
    assert (await ming.get("/user/me")).code == "40014"
    assert (await door(app).post("/user/login", {"username": ming.name, "password": PASSWORD})).code == "40007"
    assert await app.told(UserDeleted, ming) == [UserDeleted(ming.id)]
    assert (await door(app).post("/user/register", {"username": ming.name, "password": PASSWORD})).status == 200


async def test_what_is_over_is_forgotten(own_app: App) -> None:
    ming = await own_app.someone()
    await ming.post("/user/logout")
    await own_app.someone()
    own_app.clock.advance(timedelta(days=8))
    await own_app.run_loop("userauth.sessions")

    statement = "SELECT (SELECT count(*) FROM userauth_sessions) + (SELECT count(*) FROM userauth_revocations)"
    from sqlalchemy import text

    async with own_app.product.host.database.read() as reader:
        assert await reader.value(text(statement)) == 0
