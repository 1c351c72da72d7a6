"""The numbers of a cost model by name, so that the inner loops look nothing up."""

from smartflow.services.schedule.planner.instance import Instance
from smartflow.services.schedule.planner.model import DEFAULT_TERMS, CostModel


class Weights:
    """Numbers of one instance's model; a term that it leaves out keeps its default rule, and its scale is 0."""

    def __init__(self, instance: Instance) -> None:
        model = instance.model
        self.adjacent = model.adjacent_minutes
        self.unplaced = _numbers(model, "unplaced")["weight"]
        lateness = _numbers(model, "lateness")
        self.late, self.grace = lateness["weight"], lateness["grace"]
        cushion = _numbers(model, "cushion")
        self.cushion, self.reserve = cushion["weight"], cushion["reserve"]
        load = _numbers(model, "daily_load")
        self.load, self.load_step, self.load_beyond, self.wall = load["weight"], load["step"], load["beyond"], load["wall"]
        self.cap = load["cap"] if instance.preferences.daily_cap is None else instance.preferences.daily_cap
        attention = _numbers(model, "attention")
        self.short, self.spare, self.off_hours = attention["weight"], attention["spare"], attention["off_hours"]
        spacing = _numbers(model, "spacing")
        self.spacing, self.same_day = spacing["weight"], spacing["same_day"]
        fragmentation = _numbers(model, "fragmentation")
        self.change, self.lone = fragmentation["weight"], fragmentation["lone"]
        self.heavy = _numbers(model, "heavy")["weight"]
        stretch = _numbers(model, "long_stretch")
        self.overlong, self.stretch_step = stretch["weight"], stretch["step"]
        self.stretch_class, self.stretch_heavy = stretch["one_class"], stretch["heavy"]
        self.embed = _numbers(model, "embed")["weight"]
        self.earliness = _numbers(model, "earliness")["weight"]
        stability = _numbers(model, "stability")
        self.move, self.near, self.nearish = stability["weight"], stability["within_day"], stability["within_three_days"]


def _numbers(model: CostModel, code: str) -> dict[str, int]:
    default = next(term for term in DEFAULT_TERMS if term.code == code)
    term = model.term(code) or default
    return {**default.numbers, **term.numbers, "weight": term.weight}
