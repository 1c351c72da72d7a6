"""Logging in, and what a password proves."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from smartflow.client.userauth import Credentials, PasswordChange, Session, UserPatch, WrongCredentials, WrongPassword
from smartflow.services.userauth.passwords import KIND
from smartflow.shared.kernel.refusal import InvalidInput
from tests.kit.app import running
from tests.kit.ports import MONDAY
from tests.service.userauth.people import LAPTOP, NOBODY, PASSWORD, PHONE, Userauth, said


class Meanwhile:
    """A pool during whose next check of a password something else happens."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, Any]] = []
        self.happens: Callable[[], Awaitable[object]] | None = None

    async def run(self, function: Any, *args: Any, deadline: timedelta, kind: str = "") -> Any:
        self.jobs.append((function.__name__, kind, str(args[1]).rpartition("$")[0].rpartition("$")[0]))
        happens, self.happens = self.happens, None
        if happens is not None and function.__name__ == "_verify":
            await asyncio.create_task(happens())  # type: ignore[arg-type]
        return function(*args)


async def test_tokens_say_exactly_what_they_must(userauth: Userauth) -> None:
    ming = await userauth.someone()
    now = int(MONDAY.timestamp())
    shared = {"iss": "smartflow", "aud": "smartflow", "sub": str(ming.user.id), "sid": str(ming.tokens.session_id), "iat": now}

    access, refresh = said(ming.tokens.access_token), said(ming.tokens.refresh_token)

    assert access.pop("jti") != refresh.pop("jti")
    assert access == shared | {"token_type": "access_token", "exp": now + 15 * 60}
    assert refresh == shared | {"token_type": "refresh_token", "exp": now + 7 * 24 * 3600}
    assert (ming.tokens.expires_in, ming.tokens.refresh_expires_in) == (900, 604800)


async def test_tokens_and_passwords_show_themselves_nowhere(userauth: Userauth) -> None:
    ming = await userauth.someone()

    assert repr(ming.tokens) == "Tokens(...)"
    assert repr(Credentials("Ming", PASSWORD)) == "Credentials(...)"


async def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(tmp_path: Path) -> None:
    pool = Meanwhile()
    async with running(tmp_path, pool=pool) as app:
        userauth = Userauth(app)
        await userauth.someone()
        del pool.jobs[:]

        for name in ("Ming", "nobody"):
            with pytest.raises(WrongCredentials):
                await userauth.client.login(NOBODY, Credentials(name, "wrong horse"), PHONE)

    known, unknown = pool.jobs
    assert known == unknown == ("_verify", KIND, "$argon2id$v=19$m=64,t=1,p=1")


async def test_a_person_who_changes_the_language_while_logging_in_is_let_in(tmp_path: Path) -> None:
    pool = Meanwhile()
    async with running(tmp_path, pool=pool) as app:
        ming = await Userauth(app).someone()
        pool.happens = lambda: ming.userauth.update(ming.call, UserPatch(language="zh"))

        assert (await ming.again()).tokens


async def test_a_password_that_changed_while_it_was_checked_opens_nothing(tmp_path: Path) -> None:
    pool = Meanwhile()
    async with running(tmp_path, pool=pool) as app:
        ming = await Userauth(app).someone()
        pool.happens = lambda: ming.userauth.set_password(NOBODY, "Ming", "another horse")
        with pytest.raises(WrongCredentials):
            await ming.again()
        pool.happens = lambda: ming.userauth.set_password(NOBODY, "Ming", PASSWORD)
        with pytest.raises(WrongPassword):
            await ming.userauth.change_password(ming.call, PasswordChange("another horse", "a third horse", ming.tokens.session_id))
        pool.happens = lambda: ming.userauth.delete_user(NOBODY, "Ming")
        with pytest.raises(WrongCredentials):
            await ming.again()


async def test_sessions_tell_where_from_and_when_the_last_seen_first(userauth: Userauth) -> None:
    ming = await userauth.someone()
    userauth.app.clock.advance(timedelta(minutes=1))
    laptop = await ming.again(LAPTOP)
    userauth.app.clock.advance(timedelta(minutes=1))
    await ming.refresh()

    assert list(await ming.sessions()) == [
        Session(ming.tokens.session_id, MONDAY, MONDAY + timedelta(minutes=2), PHONE),
        Session(laptop.tokens.session_id, MONDAY + timedelta(minutes=1), MONDAY + timedelta(minutes=1), LAPTOP),
    ]


@pytest.mark.parametrize(("end_others", "left"), [(True, 1), (False, 2)])
async def test_a_changed_password_ends_the_other_sessions_unless_they_may_stay(userauth: Userauth, end_others: bool, left: int) -> None:
    ming = await userauth.someone()
    await ming.again()

    change = PasswordChange(PASSWORD, "another horse", ming.tokens.session_id, end_others)
    await userauth.client.change_password(ming.call, change)

    sessions = await ming.sessions()
    assert len(sessions) == left
    assert ming.tokens.session_id in {session.id for session in sessions}
    with pytest.raises(WrongCredentials):
        await ming.again()
    assert (await ming.again(password="another horse")).tokens


async def test_a_password_is_not_changed_without_the_old_one_or_against_the_rules(userauth: Userauth) -> None:
    ming = await userauth.someone()

    with pytest.raises(WrongPassword):
        await userauth.client.change_password(ming.call, PasswordChange("wrong horse", "another horse", ming.tokens.session_id))
    with pytest.raises(InvalidInput) as refused:
        await userauth.client.change_password(ming.call, PasswordChange(PASSWORD, "short", ming.tokens.session_id))

    assert [(error.field, error.rule) for error in refused.value.errors] == [("new_password", "length")]
    assert (await ming.again()).tokens
