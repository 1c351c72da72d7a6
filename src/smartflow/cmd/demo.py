"""The demonstration account, with something in it."""

from datetime import datetime, timedelta

from smartflow.client.task import Quadrant, TaskDraft
from smartflow.client.userauth import Registration, UsernameTaken
from smartflow.cmd.compose import Clients
from smartflow.gateway.settings import Demo
from smartflow.shared.kernel.call import Call
from smartflow.shared.kernel.ids import OwnerId

DEMO = Demo("demo", "smartflow-demo")


async def fill(clients: Clients, now: datetime) -> None:
    """Make the account and its things, unless it is there already."""
    call = Call(owner=OwnerId(0), request_id="demo", language="en")
    try:
        user = await clients.userauth.add_user(call, Registration(DEMO.username, DEMO.password))
    except UsernameTaken:
        return
    mine = Call(owner=user.id, request_id="demo", language="en")
    days = timedelta(days=1)
    for draft in (
        TaskDraft("Hand in the physics lab report", Quadrant.IMPORTANT, 2, now + 3 * days),
        TaskDraft("复习线性代数第三章", Quadrant.IMPORTANT, 2, now + 6 * days),
        TaskDraft("Renew the library card", Quadrant.NEITHER, 1, now + 10 * days),
        TaskDraft("回复李老师的邮件", Quadrant.URGENT),
    ):
        await clients.task.create(mine, draft)
