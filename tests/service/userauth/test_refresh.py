"""Refresh tokens: one caller wins, a lost answer costs nothing, a stolen token ends the session."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from smartflow.client.token import RefreshUsed, SessionEnded, TokenId, Tokens
from smartflow.shared.kernel.ids import SessionId
from tests.service.userauth.people import LAPTOP, Userauth, Visitor, refresh_id

MOMENT = timedelta(microseconds=1)
PARALLEL = timedelta(seconds=10)


@pytest.fixture
async def ming(userauth: Userauth) -> Visitor:
    return await userauth.someone()


async def ended(ming: Visitor, tokens: Tokens) -> bool:
    """Present a token that can only be refused; tell whether the session is over."""
    with pytest.raises((SessionEnded, RefreshUsed)) as refused:
        await ming.refresh(tokens)
    return refused.type is SessionEnded


async def test_of_many_at_once_exactly_one_gets_tokens(ming: Visitor) -> None:
    ends = await asyncio.gather(*(ming.refresh() for _ in range(8)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["RefreshUsed"] * 7 + ["Tokens"]
    assert len(await ming.sessions()) == 1


async def test_new_tokens_belong_to_the_same_session_and_go_on(ming: Visitor) -> None:
    tokens = ming.tokens
    for _ in range(3):
        fresh = await ming.refresh(tokens)
        assert fresh.session_id == tokens.session_id
        assert refresh_id(fresh) != refresh_id(tokens)
        tokens = fresh


async def test_a_second_use_within_ten_seconds_is_only_refused(userauth: Userauth, ming: Visitor) -> None:
    winner = await ming.refresh()
    for wait in (timedelta(0), PARALLEL):
        userauth.app.clock.advance(wait)
        assert not await ended(ming, ming.tokens)

    await ming.refresh(winner)
    assert not await ended(ming, winner)


async def test_a_lost_answer_is_given_again_and_the_lost_token_dies(userauth: Userauth, ming: Visitor) -> None:
    lost = await ming.refresh()
    userauth.app.clock.advance(PARALLEL + MOMENT)

    again = await ming.refresh()

    assert len(await ming.sessions()) == 1
    assert await ended(ming, lost)
    assert await ended(ming, again)
    assert not await ming.sessions()


async def test_answers_may_be_lost_more_than_once(userauth: Userauth, ming: Visitor) -> None:
    for _ in range(3):
        await ming.refresh()
        userauth.app.clock.advance(PARALLEL + MOMENT)
    found = await ming.refresh()

    assert not await ended(ming, ming.tokens)  # within ten seconds of its last exchange
    assert await ming.refresh(found)


async def test_an_old_token_whose_successor_was_used_ends_the_session_and_no_other(userauth: Userauth, ming: Visitor) -> None:
    laptop = await ming.again(LAPTOP)
    newest = await ming.refresh(await ming.refresh())
    userauth.app.clock.advance(PARALLEL + MOMENT)

    assert await ended(ming, ming.tokens)
    assert await ended(ming, newest)
    assert [session.id for session in await ming.sessions()] == [laptop.tokens.session_id]
    assert await laptop.refresh()
    assert [each.session_id for each in await userauth.client.revocations(ming.call)] == [ming.tokens.session_id]


async def test_a_thief_who_exchanges_first_is_found_out_when_the_owner_comes(userauth: Userauth, ming: Visitor) -> None:
    owners = await ming.refresh()
    userauth.app.clock.advance(timedelta(minutes=15))

    thiefs = await ming.refresh(ming.tokens)

    assert await ended(ming, owners)
    assert await ended(ming, thiefs)


async def test_a_token_that_nobody_was_given_is_refused_and_ends_nothing(ming: Visitor) -> None:
    with pytest.raises(RefreshUsed):
        await ming.userauth.refresh(ming.call, ming.tokens.session_id, TokenId(UUID(int=1)), LAPTOP)

    assert len(await ming.sessions()) == 1


async def test_another_persons_session_is_not_there(userauth: Userauth, ming: Visitor) -> None:
    li = await userauth.someone("Li")

    with pytest.raises(SessionEnded):
        await userauth.client.refresh(li.call, ming.tokens.session_id, refresh_id(ming.tokens), LAPTOP)
    with pytest.raises(SessionEnded):
        await userauth.client.refresh(ming.call, SessionId(UUID(int=1)), refresh_id(ming.tokens), LAPTOP)
    assert await ming.refresh()


async def test_a_session_lives_a_week_from_its_last_refresh(userauth: Userauth, ming: Visitor) -> None:
    userauth.app.clock.advance(timedelta(days=6))
    fresh = await ming.refresh()
    userauth.app.clock.advance(timedelta(days=6))
    fresh = await ming.refresh(fresh)
    userauth.app.clock.advance(timedelta(days=7))

    assert await ended(ming, fresh)
    assert not await ming.sessions()
