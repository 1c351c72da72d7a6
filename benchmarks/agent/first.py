"""How long a person waits for the first visible token of an answer without a model."""

from pathlib import Path
from statistics import median, quantiles

from inside import Person, running, somebody

SAID = (
    ("echo", "zh", "请只回复 CP5_OK"),
    ("echo", "en", "Reply with exactly CP5_OK"),
    ("capture", "zh", "明天下午三点提醒我交实验报告"),
    ("capture", "en", "Remind me to call the dentist tomorrow at 9:30"),
    ("listing", "zh", "这周有什么任务要交"),
    ("listing", "en", "What is due this week?"),
)
TASKS = 10
GOAL = 50.0


async def measure(folder: Path, rounds: int) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Say everything once in each round, by a new person with ten tasks, each in a conversation of its own; in milliseconds, and of CPU."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {(what, language): [] for what, language, _ in SAID}
    async with running(folder) as product:
        for number in range(rounds + 1):
            person = await somebody(product, f"person-{number}")
            await _filled(person)
            for what, language, words in SAID:
                heard = await person.say(words)
                assert heard.first is not None, heard.body
                await product.host.settle()
                if number:  # the first round warms up
                    found[what, language].append((heard.first * 1e3, heard.cpu * 1e3))
    return found


async def _filled(person: Person) -> None:
    for number in range(TASKS):
        task = {"title": f"Exercise sheet {number}", "priority_group": 2, "deadline_at": "2030-01-01T10:00:00+08:00"}
        made = await person.ask("/task/create", task)
        assert made.status == 200, made.body


def show(found: dict[tuple[str, str], list[tuple[float, float]]]) -> None:
    """Print it."""
    print(f"first visible token without a model, in ms ({len(next(iter(found.values())))} of each)")
    print(f"{'what':16} {'p50':>6} {'p95':>6} {'p99':>6} {'CPU':>6}")
    for (what, language), took in found.items():
        cut, cpu = quantiles([passed for passed, _ in took], n=100, method="inclusive"), median(spent for _, spent in took)
        verdict = "met" if cut[94] <= GOAL else "NOT MET"
        print(f"{what + ' ' + language:16} {cut[49]:6.1f} {cut[94]:6.1f} {cut[98]:6.1f} {cpu:6.1f}   {verdict}")
