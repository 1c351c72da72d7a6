"""Language models as a part of a process."""

from datetime import timedelta
from functools import partial

from smartflow.client.llm import LlmClient
from smartflow.services.llm import handlers, model, sweep, tables
from smartflow.services.llm.asking import Asking, Means
from smartflow.services.llm.offline.brain import RuleBrain
from smartflow.services.llm.provider.ability import Abilities
from smartflow.services.llm.provider.breaker import Breakers
from smartflow.services.llm.provider.tokens import Counter
from smartflow.services.llm.provider.wire import Wire
from smartflow.services.llm.service import LlmService
from smartflow.services.llm.settings import LlmSettings
from smartflow.shared.process.config import SettingsError
from smartflow.shared.process.loop import Loop
from smartflow.shared.process.part import Ground, Part


def llm_part(ground: Ground) -> Part[LlmClient]:
    """Build the exit to language models, the brain beside it, and the sweep that books what has no end.

    Raises:
        SettingsError: A model, a price or a budget cannot be used.
    """
    settings = ground.section(LlmSettings)
    wrong = next(model.faults(settings), None)
    if wrong is not None:
        raise SettingsError(wrong)
    wire, clock = Wire(settings.patience, ground.clock), ground.clock
    means = Means(wire, Abilities(clock), Breakers(clock), Counter(), clock, ground.entropy, settings.patience)
    service = LlmService(ground.database, Asking(means), RuleBrain(), settings, metrics=ground.metrics)
    lost = Loop("llm.lost", every=timedelta(minutes=1), run=partial(sweep.book_lost, ground.database, settings.currency))
    # In every process, at its start: nobody's first answer should wait for what takes a second to load.
    ready = Loop("llm.ready", every=timedelta(days=1), run=service.ready, leased=False)
    return Part("llm", service, tables.metadata, handlers.subscribe, (lost, ready), close=service.close)
