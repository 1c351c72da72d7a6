"""Trouble that came about in spite of the judge: rows that break a rule already."""

from datetime import date
from pathlib import Path

from sqlalchemy import update

from smartflow.client.schedule.analysis import HealthQuery
from smartflow.client.schedule.place import Place
from smartflow.services.schedule.analysis.service import AnalysisService
from smartflow.services.schedule.timetable import tables
from smartflow.services.schedule.timetable.changes import Desk
from tests.kit.app import InlinePool
from tests.kit.timetable import AUTUMN, room


async def test_a_standing_block_that_breaks_a_rule_caps_health_and_names_the_rule_and_the_block(tmp_path: Path) -> None:
    async with room(tmp_path / "timetable.db") as opened:
        ming = opened.someone()
        term = await ming.term(AUTUMN)
        plan = await ming.task_class()
        event = await ming.event(term, await ming.item(plan), Place(3, 2, 1, 2))
        analysis = AnalysisService(Desk(opened.ground.database, opened.tasks), InlinePool())
        well = await analysis.health(ming.call, HealthQuery())
        async with opened.ground.database.work() as unit:
            await unit.run(update(tables.classes).where(tables.classes.c.id == plan.id).values(start_date=date(2026, 11, 2)))

        ill = await analysis.health(ming.call, HealthQuery())
        later = await analysis.health(ming.call, HealthQuery(from_week=10))

    assert well.health > 39
    assert ill.health == 39
    assert (ill.issues[0].code, ill.issues[0].severity, ill.issues[0].events) == ("outside_class", "critical", (event,))
    assert later.health == 100
