"""The keys that sign tokens: where they lie, how they change, how long the old ones count."""

import base64
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from smartflow.client.token import KeySet
from smartflow.client.userauth import UserauthClient
from smartflow.services.userauth.settings import UserauthSettings
from smartflow.shared.kernel.refusal import InvalidInput
from smartflow.shared.process.config import Secret, SettingsError
from smartflow.shared.process.datadir import DataDirError
from tests.kit.app import running
from tests.service.userauth.people import NOBODY, Userauth

WEEK = timedelta(days=7)


async def keys(client: UserauthClient) -> list[str]:
    return [key.id for key in (await client.keys(NOBODY)).keys]


def files_of_keys(folder: Path) -> list[Path]:
    return list(folder.glob("*key*"))


def signs(found: KeySet, token: str) -> str:
    """Give the id of the key that signed a token, and check that it did."""
    header = jwt.get_unverified_header(token)
    key = next(key for key in found.keys if key.id == header["kid"])
    jwt.decode(
        token, Ed25519PublicKey.from_public_bytes(key.value), ["EdDSA"], {"verify_exp": False, "verify_iat": False}, audience=found.audience
    )
    assert header == {"alg": "EdDSA", "kid": key.id, "typ": "JWT"}
    return key.id


async def test_a_made_key_is_kept_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    async with running(tmp_path) as app:
        ming = await Userauth(app).someone()
        first = await app.product.clients.userauth.keys(NOBODY)
        assert signs(first, ming.tokens.access_token) == signs(first, ming.tokens.refresh_token) == first.keys[0].id
    async with running(tmp_path) as app:
        assert await app.product.clients.userauth.keys(NOBODY) == first

    kept = files_of_keys(tmp_path)
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    kept[0].chmod(0o644)
    with pytest.raises(DataDirError, match="chmod 600"):
        async with running(tmp_path):
            pass


async def test_a_rotated_key_verifies_while_its_tokens_live(userauth: Userauth) -> None:
    old = await keys(userauth.client)

    rotated = await userauth.client.rotate_keys(NOBODY)

    ming = await userauth.someone()
    assert [key.id for key in rotated.keys] == await keys(userauth.client)
    assert rotated.keys[0].id not in old
    assert [key.id for key in rotated.keys[1:]] == old
    assert signs(rotated, ming.tokens.access_token) == rotated.keys[0].id
    userauth.app.clock.advance(WEEK - timedelta(seconds=1))
    assert len(await keys(userauth.client)) == 2
    userauth.app.clock.advance(timedelta(seconds=1))
    assert await keys(userauth.client) == [rotated.keys[0].id]


async def test_keys_may_change_often_and_none_is_lost_before_its_time(tmp_path: Path) -> None:
    async with running(tmp_path) as app:
        client = app.product.clients.userauth
        for _ in range(12):
            await client.rotate_keys(NOBODY)
        all_of_them = await keys(client)
        clock = app.clock
    async with running(tmp_path, clock=clock) as app:
        client = app.product.clients.userauth
        assert await keys(client) == all_of_them
        assert len(set(all_of_them)) == 13
        clock.advance(WEEK)
        await client.rotate_keys(NOBODY)
        assert (await keys(client))[1:] == all_of_them[:1]
        assert (tmp_path / "signing-keys.json").read_text().count("seed") == 2


async def test_keys_of_settings_sign_in_their_order_and_are_changed_there(tmp_path: Path) -> None:
    seeds = [bytes([number]) * 32 for number in (1, 2)]
    given = tuple(Secret(base64.urlsafe_b64encode(seed).rstrip(b"=").decode()) for seed in seeds)
    settings = UserauthSettings(signing_keys=given, issuer="us", audience="them", hash_memory_kib=64, hash_rounds=1, hash_lanes=1)
    async with running(tmp_path, userauth=settings) as app:
        client = app.product.clients.userauth
        found = await client.keys(NOBODY)
        ming = await Userauth(app).someone()

        assert (found.issuer, found.audience) == ("us", "them")
        assert [key.value for key in found.keys] == [
            Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() for seed in seeds
        ]
        assert signs(found, ming.tokens.access_token) == found.keys[0].id
        with pytest.raises(InvalidInput):
            await client.rotate_keys(NOBODY)

    assert not files_of_keys(tmp_path)


@pytest.mark.parametrize("text", ["short", "!" * 43, ""])
async def test_a_key_of_settings_that_is_none_is_said_at_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="signing_keys"):
        async with running(tmp_path, userauth=UserauthSettings(signing_keys=(Secret(text),))):
            pass
