"""What a refresh token is worth, whatever happened before: played through on the rules alone."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smartflow.client.token import TokenId
from smartflow.services.userauth.model import PARALLEL, Refresh, Verdict, judge
from smartflow.shared.kernel.ids import SessionId
from tests.kit.ports import MONDAY

SESSION = SessionId(UUID(int=0))
presented = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 15)), max_size=25)


class Played:
    """One session, as the service would keep it."""

    def __init__(self) -> None:
        self.tokens = [self._fresh(0)]
        self.now = MONDAY
        self.over = False

    def present(self, number: int) -> Verdict:
        token = self.tokens[number]
        successor = None if token.successor is None else self.tokens[token.successor.int]
        verdict = judge(token, successor, self.now)
        self.over = verdict is Verdict.END
        if verdict is Verdict.ROTATE:
            if successor is not None:
                self.tokens[successor.id.int] = replace(successor, dead=True)
            fresh = self._fresh(len(self.tokens))
            self.tokens.append(fresh)
            self.tokens[number] = replace(token, rotated_at=self.now, successor=fresh.id)
        return verdict

    def _fresh(self, number: int) -> Refresh:
        return Refresh(TokenId(UUID(int=number)), SESSION, MONDAY + timedelta(days=7))


@given(presented)
def test_at_any_time_one_token_is_fresh_and_all_others_were_used_or_are_dead(story: list[tuple[int, int]]) -> None:
    session = Played()
    for number, seconds in story:
        session.now += timedelta(seconds=seconds)
        session.present(number % len(session.tokens))
        if session.over:
            return
        assert sum(token.rotated_at is None and not token.dead for token in session.tokens) == 1


@given(presented)
def test_whoever_always_comes_with_the_newest_token_is_never_refused(story: list[tuple[int, int]]) -> None:
    session = Played()
    for _, seconds in story:
        session.now += timedelta(seconds=seconds)
        assert session.present(len(session.tokens) - 1) is Verdict.ROTATE


@given(presented)
def test_two_who_hold_the_same_token_cannot_both_go_on(story: list[tuple[int, int]]) -> None:
    session = Played()
    thief = owner = 0
    for turn, seconds in story:
        session.now += PARALLEL + timedelta(seconds=1 + seconds)
        mine = thief if turn % 2 else owner
        if session.present(mine) is not Verdict.ROTATE:
            assert session.over
            return
        if turn % 2:
            thief = len(session.tokens) - 1
        else:
            owner = len(session.tokens) - 1
    played = {turn % 2 for turn, _ in story}
    # Both have been here and the session is still on: then whoever came first has come only once, and is found out now.
    if played == {0, 1}:
        session.now += PARALLEL + timedelta(seconds=1)
        older = min(thief, owner)
        assert session.present(older) is Verdict.END
