"""How long it takes to read the words of time in a sentence of some 40 characters, and to understand them.

Each sentence is read many times in turn; `parse` alone, then `parse` and `resolve`, each in microseconds. The worst texts
of 500 characters that the tests know stand below: dense chains of words that fit each other.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median

from smartflow.shared.calendar.sections import default_table
from smartflow.shared.calendar.term import Term
from smartflow.shared.timetext.join import joined
from smartflow.shared.timetext.parse import parse
from smartflow.shared.timetext.resolve import resolve

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
ZONE = "Asia/Shanghai"
TERM = Term(date(2026, 9, 7), date(2027, 1, 24), ZONE, default_table())
SENTENCES = (
    "周日之前要把概率论的实验报告写完然后交给王老师检查，记得前一天晚上提醒我带上签字页",
    "提醒我下周三下午三点之前把概率论的实验报告交给王老师，别忘了带U盘和签字的封面页",
    "单周周二第7-8节有物理实验，到第16周，每周四晚上七点到九点还有选修课要去上",
    "把明天第3-4节的复习挪到后天下午，如果后天下午没有空就放到周末的早上或者中午",
    "帮我把这个学期的论文大纲整理一下，然后发给导师看，顺便问问格式有没有什么别的要求",
    "Remind me to call the dentist on Friday.",
    "Submit the lab report by Friday at 5 pm.",
    "Gym every Tuesday and Thursday from 4pm.",
    "Move the meeting to next Monday at noon.",
    "Reply to the professor about the outline",
    "下周三 noon 和 Anna 吃饭，Friday 下午三点 group meeting 之前 send slides",
)
DENSE = (
    "周一" * 250,
    "每周一、二、三、四" * 55,
    "1月1日到" * 100,
    "明天下午三点到五点" * 55,
    "every Monday and Tuesday " * 20,
    "from 3 to 5 on " * 33,
)


def timed(work: Callable[[str], object], text: str, rounds: int) -> float:
    """Measure the median of some rounds, in microseconds."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work(text)
        took.append(time.perf_counter() - begin)
    return median(took) * 1e6


def understood(text: str) -> object:
    return [resolve(meant.ir, NOW, ZONE, TERM) for meant in joined(parse(text))]


def main() -> None:
    begin = time.perf_counter()
    parse("warm up")
    first = (time.perf_counter() - begin) * 1e3
    rows = [(timed(parse, text, ROUNDS), timed(understood, text, ROUNDS), text) for text in SENTENCES]
    print(f"{'parse us':>9} {'+ resolve':>9}  characters")
    for parsed, understood_too, text in rows:
        print(f"{parsed:9.0f} {understood_too:9.0f}  {len(text):3}  {text}")
    alone, whole = median(row[0] for row in rows), median(row[1] for row in rows)
    print(f"median of {len(rows)} sentences: {alone:.0f} us to parse, {whole:.0f} us with resolve")
    print(f"the first one, which builds the tables: {first:.0f} ms")
    for text in DENSE:
        print(f"{timed(parse, text, 5) / 1e3:9.1f} ms for {len(text)} characters: {text[:24]}..")


if __name__ == "__main__":
    main()
