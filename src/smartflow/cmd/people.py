"""People by their names, and the calls that are made on their behalf."""

from msgspec.structs import replace

from smartflow.client.userauth import User, UserauthClient, folded
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId

_PORTION = 500


async def everybody(userauth: UserauthClient, call: Call) -> list[User]:
    """List all people, by id."""
    found: list[User] = []
    while True:
        more = await userauth.users(call, found[-1].id if found else OwnerId(0), _PORTION)
        found += more
        if len(more) < _PORTION:
            return found


async def named(userauth: UserauthClient, call: Call, name: str) -> User | None:
    """Find a person; width, composition and case of the name do not matter."""
    return next((user for user in await everybody(userauth, call) if folded(user.username) == folded(name)), None)


def on_behalf(user: User, call: Call) -> Call:
    """Make the call of whoever works on the command line one about a person's things, in that person's words."""
    return replace(call, owner=user.id, language=user.language, zone=user.zone)
