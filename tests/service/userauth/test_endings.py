"""Sessions and accounts that end: what is refused from then on, what goes, and what is remembered for a while."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Table

from smartflow.client.task import Quadrant, TaskDraft, TaskFilter
from smartflow.client.token import Revocation, SessionEnded
from smartflow.client.userauth import SessionNotFound, SessionsEnded, UserDeleted, WrongCredentials, WrongPassword
from smartflow.services.userauth.tables import refreshes, revocations, sessions, users
from smartflow.shared.bus.bus import Message
from smartflow.shared.database.effects import effects
from smartflow.shared.database.erased import AccountGone, erased
from smartflow.shared.events.tables import inbox, outbox
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId, SessionId
from tests.kit.people import twice
from tests.kit.ports import MONDAY
from tests.service.userauth.people import NOBODY, PASSWORD, Userauth, Visitor

DAY = timedelta(days=1)


@pytest.fixture
async def ming(userauth: Userauth) -> Visitor:
    return await userauth.someone()


async def told(userauth: Userauth, kind: type[UserDeleted] | type[SessionsEnded], ming: Visitor) -> list[object]:
    from smartflow.shared.kernel.codec import from_json

    async with userauth.app.product.host.database.read() as reader:
        rows = await reader.all(outbox.select().where(outbox.c.kind == kind.kind, outbox.c.user_id == ming.user.id).order_by(outbox.c.id))
    return [from_json(row.payload, kind) for row in rows]


async def test_a_session_logged_out_is_revoked_and_told_once(userauth: Userauth, ming: Visitor) -> None:
    await twice(lambda: userauth.client.logout(ming.call, ming.tokens.session_id))

    assert await userauth.client.revocations(NOBODY) == (Revocation(ming.tokens.session_id, MONDAY + DAY),)
    assert await told(userauth, SessionsEnded, ming) == [SessionsEnded(ming.user.id, (ming.tokens.session_id,))]
    with pytest.raises(SessionEnded):
        await ming.refresh()


async def test_one_session_is_ended_once_and_only_by_its_owner(userauth: Userauth, ming: Visitor) -> None:
    li, laptop = await userauth.someone("Li"), await ming.again()

    with pytest.raises(SessionNotFound):
        await userauth.client.end_session(li.call, ming.tokens.session_id)
    with pytest.raises(SessionNotFound):
        await userauth.client.end_session(ming.call, SessionId(UUID(int=1)))
    ends = await asyncio.gather(
        *(userauth.client.end_session(ming.call, laptop.tokens.session_id) for _ in range(2)), return_exceptions=True
    )

    assert sorted(str(type(end).__name__) for end in ends) == ["NoneType", "SessionNotFound"]
    assert [session.id for session in await ming.sessions()] == [ming.tokens.session_id]


async def test_all_others_end_and_mine_goes_on(userauth: Userauth, ming: Visitor) -> None:
    others = [await ming.again(), await ming.again()]

    await twice(lambda: userauth.client.end_others(ming.call, ming.tokens.session_id))

    assert [session.id for session in await ming.sessions()] == [ming.tokens.session_id]
    assert {each.session_id for each in await userauth.client.revocations(NOBODY)} == {other.tokens.session_id for other in others}


async def test_an_account_goes_with_its_password_only(userauth: Userauth, ming: Visitor) -> None:
    with pytest.raises(WrongPassword):
        await userauth.client.delete(ming.call, "wrong horse")

    assert await ming.refresh()


async def test_of_two_deletions_at_once_one_finds_the_account_gone(userauth: Userauth, ming: Visitor) -> None:
    ends = await asyncio.gather(*(userauth.client.delete(ming.call, PASSWORD) for _ in range(2)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["AccountGone", "NoneType"]
    assert await told(userauth, UserDeleted, ming) == [UserDeleted(ming.user.id)]


async def test_a_deleted_account_leaves_nothing_but_that_it_is_gone(userauth: Userauth, ming: Visitor) -> None:
    await ming.refresh()
    await ming.again()
    await userauth.app.product.clients.task.create(_keyed(ming), TaskDraft("Secret diary", Quadrant.IMPORTANT))
    await userauth.app.settle()

    await userauth.client.delete(ming.call, PASSWORD)
    left = {table.name: await userauth.rows(table) for table in (users, sessions, refreshes)}
    gone = await userauth.client.revocations(NOBODY)
    await userauth.app.settle()

    assert left == {"userauth_users": 0, "userauth_sessions": 0, "userauth_refreshes": 0}
    assert [revocation.account_gone for revocation in gone] == [True, True]
    assert await userauth.rows(effects) == 0
    assert await kinds(userauth, outbox) == await kinds(userauth, inbox) == {"user.deleted"}
    assert await told(userauth, SessionsEnded, ming) == []


async def test_the_name_of_a_deleted_account_is_free_and_its_id_is_not_given_again(userauth: Userauth, ming: Visitor) -> None:
    await userauth.client.delete(ming.call, PASSWORD)

    with pytest.raises(WrongCredentials):
        await ming.again()
    assert (await userauth.someone("Ming")).user.id > ming.user.id


async def test_what_comes_late_for_a_deleted_account_writes_nothing(userauth: Userauth, ming: Visitor) -> None:
    tasks = userauth.app.product.clients.task
    await userauth.client.delete(ming.call, PASSWORD)

    with pytest.raises(AccountGone):
        await tasks.create(_keyed(ming), TaskDraft("Late", Quadrant.IMPORTANT))

    assert (await tasks.find(ming.call, TaskFilter())).total == 0
    assert await userauth.rows(effects) == 0


async def test_a_late_fact_about_a_deleted_account_reaches_nobody(userauth: Userauth, ming: Visitor) -> None:
    heard: list[str] = []
    await userauth.client.delete(ming.call, PASSWORD)
    await userauth.app.settle()

    await _receive(userauth, ming, heard)

    assert heard == ["user.deleted"]


async def test_that_an_account_is_gone_is_known_for_sixty_days(userauth: Userauth, ming: Visitor) -> None:
    await userauth.client.delete(ming.call, PASSWORD)
    for days, known in ((59, 1), (2, 0)):
        userauth.app.clock.advance(timedelta(days=days))
        await userauth.app.run_loop("userauth.sessions")
        assert await userauth.rows(erased) == known


async def test_what_is_over_is_swept_and_the_rest_is_not(userauth: Userauth, ming: Visitor) -> None:
    laptop = await ming.again()
    await userauth.client.logout(ming.call, (await ming.again()).tokens.session_id)
    tokens = laptop.tokens
    for _ in range(4):
        userauth.app.clock.advance(2 * DAY)
        tokens = await laptop.refresh(tokens)
    await userauth.app.run_loop("userauth.sessions")

    assert (await userauth.rows(sessions), await userauth.rows(refreshes), await userauth.rows(revocations)) == (1, 4, 0)
    assert await laptop.refresh(tokens)


async def test_the_operator_lists_people_by_portion(userauth: Userauth) -> None:
    names = ["Ming", "Li", "Wang"]
    ids = [(await userauth.someone(name)).user.id for name in names]

    assert [user.username for user in await userauth.client.users(NOBODY, OwnerId(0), 2)] == ["Ming", "Li"]
    assert [user.id for user in await userauth.client.users(NOBODY, ids[1], 2)] == ids[2:]


async def test_the_operator_sets_a_password_and_every_session_ends(userauth: Userauth, ming: Visitor) -> None:
    await ming.again()

    assert await userauth.client.set_password(NOBODY, "ＭＩＮＧ", "another horse") == ming.user

    assert not await ming.sessions()
    assert len(await userauth.client.revocations(NOBODY)) == 2
    assert (await ming.again(password="another horse")).tokens
    assert await userauth.client.set_password(NOBODY, "nobody", "another horse") is None


async def test_the_operator_deletes_an_account_by_name(userauth: Userauth, ming: Visitor) -> None:
    assert await userauth.client.delete_user(NOBODY, "ming") == ming.user
    assert await userauth.client.delete_user(NOBODY, "ming") is None
    assert await told(userauth, UserDeleted, ming) == [UserDeleted(ming.user.id)]


async def kinds(userauth: Userauth, table: Table) -> set[str]:
    async with userauth.app.product.host.database.read() as reader:
        return {row.kind for row in await reader.all(table.select())}


def _keyed(ming: Visitor) -> Call:
    return Call(owner=ming.user.id, request_id="test", key="one click", fingerprint="f")


async def _receive(userauth: Userauth, ming: Visitor, heard: list[str]) -> None:
    """Hand a subscriber of a test a late fact, and the end of the account once more."""
    from smartflow.client.task import TaskDeleted
    from smartflow.shared.database.faults import NoFaults
    from smartflow.shared.database.unit import Unit
    from smartflow.shared.events.event import Event, encode
    from smartflow.shared.events.inbox import Inbox
    from smartflow.shared.events.subscriptions import Subscriptions
    from smartflow.shared.kernel.ids import TaskId

    async def hear(unit: Unit, event: Event) -> None:
        heard.append(event.kind)

    subscriptions = Subscriptions("listener")
    subscriptions.on(TaskDeleted, hear)
    subscriptions.on(UserDeleted, hear)
    box = Inbox("listener", subscriptions.reactions["listener"], userauth.app.product.host.database, NoFaults())
    facts: list[Event] = [TaskDeleted(ming.user.id, TaskId(1), 2), UserDeleted(ming.user.id)]
    await box.receive(
        [
            Message(UUID(int=number), fact.publisher, fact.kind, fact.schema, fact.key(), ming.user.id, MONDAY, number, encode(fact))
            for number, fact in enumerate(facts)
        ]
    )
