"""Accounts: who gets one, under which name and with which password."""

import asyncio
from pathlib import Path

import pytest

from smartflow.client.userauth import Credentials, Registration, RegistrationClosed, User, UserauthClient, UsernameTaken, UserPatch
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.database.erased import AccountGone
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId
from smartflow.shared.kernel.refusal import InvalidInput
from tests.kit.app import running
from tests.kit.ports import MONDAY
from tests.service.userauth.people import NOBODY, PASSWORD, PHONE, Userauth


def cheap(folder: Path, **more: object) -> UserauthSettings:
    return UserauthSettings(keys_dir=folder, hash_memory_kib=64, hash_rounds=1, hash_lanes=1, **more)  # type: ignore[arg-type]


async def broken_by(client: UserauthClient, registration: Registration) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        await client.register(NOBODY, registration)
    return {error.field: (error.rule, error.code) for error in refused.value.errors}


async def test_a_new_person_speaks_the_language_of_the_request_and_lives_in_shanghai(userauth: Userauth) -> None:
    ming = await userauth.someone("  Ming ", language="zh")

    assert ming.user == User(ming.user.id, "Ming", "zh", "Asia/Shanghai", MONDAY)
    assert await userauth.client.me(ming.call) == ming.user


async def test_of_two_who_register_one_name_at_once_the_loser_is_refused(userauth: Userauth) -> None:
    ends = await asyncio.gather(
        *(userauth.client.register(NOBODY, Registration(name, PASSWORD)) for name in ("Twin", "TWIN", "Ｔwin")), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["User", "UsernameTaken", "UsernameTaken"]
    assert len(await userauth.client.users(NOBODY, OwnerId(0), 10)) == 1


@pytest.mark.parametrize(("first", "second"), [("Straße", "STRASSE"), ("ﬁn", "FIN"), ("é", "E\u0301"), ("李", " 李 "), ("Ⅳ", "iv")])
async def test_names_that_fold_alike_are_one_name(userauth: Userauth, first: str, second: str) -> None:
    await userauth.someone(first)

    with pytest.raises(UsernameTaken):
        await userauth.client.register(NOBODY, Registration(second, PASSWORD))
    assert (await userauth.client.login(NOBODY, Credentials(second, PASSWORD), PHONE)).user_id


@pytest.mark.parametrize("name", ["a", "中" * 15, "x" * 45, "a b", "家\u3000族", "👩‍👩‍👧", "\ufdfa" * 15])
async def test_a_name_of_45_bytes_in_any_script_is_fine(userauth: Userauth, name: str) -> None:
    assert (await userauth.someone(name)).user.username == name


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("", ("length", "42201")),
        (" \u3000", ("length", "42201")),
        ("中" * 15 + "a", ("length", "40006")),
        ("a\x00b", ("format", "42201")),
        ("a\tb", ("format", "42201")),
    ],
)
async def test_a_name_that_breaks_a_rule_is_named(userauth: Userauth, name: str, broken: tuple[str, str]) -> None:
    assert await broken_by(userauth.client, Registration(name, PASSWORD)) == {"username": broken}


async def test_every_broken_rule_is_named_at_once(userauth: Userauth) -> None:
    assert await broken_by(userauth.client, Registration("", "short", "1" * 19)) == {
        "username": ("length", "42201"),
        "password": ("length", "42201"),
        "phone_number": ("length", "40006"),
    }


@pytest.mark.parametrize("password", [" spaces ", "长" * 85 + "x", "y" * 256, "\x00\x00\x00\x00\x00\x00\x00\x00", "🐎" * 64])
async def test_a_password_is_never_cut_trimmed_or_changed(userauth: Userauth, password: str) -> None:
    ming = await userauth.someone(password=password)

    assert (await ming.again(password=password)).tokens.user_id == ming.user.id
    for other in (password[:-1], password + "x", password.strip(), password[:72]):
        if other != password:
            with pytest.raises(Exception, match="40007"):
                await ming.again(password=other)


async def test_a_password_longer_than_256_bytes_is_refused(userauth: Userauth) -> None:
    assert await broken_by(userauth.client, Registration("Ming", "长" * 86)) == {"password": ("length", "40006")}


async def test_an_empty_phone_number_is_none(userauth: Userauth) -> None:
    user = await userauth.client.register(NOBODY, Registration("Ming", PASSWORD, "  "))
    call = Call(owner=user.id, request_id="test")

    assert user.phone_number is None
    assert (await userauth.client.update(call, UserPatch(phone_number="+86 1"))).phone_number == "+86 1"
    assert (await userauth.client.update(call, UserPatch(phone_number=""))).phone_number is None


async def test_what_changes_of_a_person_is_kept_and_the_rest_stays(userauth: Userauth) -> None:
    ming = await userauth.someone()

    await userauth.client.update(ming.call, UserPatch(language="zh", zone="Europe/London"))
    with pytest.raises(InvalidInput) as refused:
        await userauth.client.update(ming.call, UserPatch(zone="../etc/passwd", phone_number="1\n2"))

    assert await userauth.client.me(ming.call) == User(ming.user.id, "Ming", "zh", "Europe/London", MONDAY)
    assert [(error.field, error.rule) for error in refused.value.errors] == [("zone", "enum"), ("phone_number", "format")]


async def test_nobody_is_known_under_an_id_without_account(userauth: Userauth) -> None:
    with pytest.raises(AccountGone):
        await userauth.client.me(Call(owner=OwnerId(404), request_id="test"))


async def test_where_registration_is_closed_only_the_operator_makes_accounts(tmp_path: Path) -> None:
    async with running(tmp_path, userauth=cheap(tmp_path, open_registration=False)) as app:
        client = app.product.clients.userauth

        with pytest.raises(RegistrationClosed):
            await client.register(NOBODY, Registration("Ming", PASSWORD))
        await client.add_user(NOBODY, Registration("Ming", PASSWORD))

        assert [user.username for user in await client.users(NOBODY, OwnerId(0), 10)] == ["Ming"]


async def test_a_host_may_want_longer_passwords_or_shorter_ones(tmp_path: Path) -> None:
    async with running(tmp_path, userauth=cheap(tmp_path, shortest_password=4)) as app:
        client = app.product.clients.userauth

        assert await broken_by(client, Registration("Ming", "123")) == {"password": ("length", "42201")}
        assert await client.register(NOBODY, Registration("Ming", "1234"))
