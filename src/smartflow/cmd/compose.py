"""Every service in its place. The order is the call graph: a service is handed only what stands above it."""

from functools import partial

from msgspec import Struct

from smartflow.client.course import CourseClient
from smartflow.client.llm import LlmClient
from smartflow.client.memory import MemoryClient
from smartflow.client.task import TaskClient
from smartflow.client.userauth import UserauthClient
from smartflow.cmd.host import Host
from smartflow.services.agent.wiring import AgentClients, Peers, agent_part
from smartflow.services.course.wiring import course_part
from smartflow.services.llm.wiring import llm_part
from smartflow.services.memory.wiring import memory_part
from smartflow.services.schedule.wiring import ScheduleClients, schedule_part
from smartflow.services.task.wiring import task_part
from smartflow.services.userauth.wiring import userauth_part


class Clients(Struct, frozen=True):
    """What the gateway and the command line may ask."""

    userauth: UserauthClient
    task: TaskClient
    llm: LlmClient
    course: CourseClient
    memory: MemoryClient
    schedule: ScheduleClients
    agent: AgentClients


def compose(host: Host) -> Clients:
    """Place every service: built here where this process runs it, else a client to where it runs."""
    userauth = host.place(UserauthClient, userauth_part)
    task = host.place(TaskClient, task_part)
    llm = host.place(LlmClient, llm_part)
    course = host.place(CourseClient, course_part)
    memory = host.place(MemoryClient, memory_part)
    schedule = host.place(ScheduleClients, partial(schedule_part, task=task))
    agent = host.place(AgentClients, partial(agent_part, peers=Peers(task, schedule.timetable, schedule.classes, llm, memory)))
    return Clients(userauth=userauth, task=task, llm=llm, course=course, memory=memory, schedule=schedule, agent=agent)
