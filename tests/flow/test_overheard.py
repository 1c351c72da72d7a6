"""What people say, what models answer, what is remembered, and every key: in no log line, no number and no trace."""

import json
import subprocess
import sys
from pathlib import Path

from tests.kit.overheard import ANSWER, BROKEN, LOST, MESSAGE, TITLE, TOOL, WORDS


def test_no_word_of_a_talk_is_in_any_line_number_or_trace(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.kit.overheard", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    heard = json.loads(done.stdout)
    told = {name: heard[name] for name in ("lines", "numbers", "spans")} | {"stderr": done.stderr}

    leaks = [
        (word, name) for word in (*WORDS, *heard["tokens"].split()) for name, text in told.items() if word.casefold() in text.casefold()
    ]
    assert leaks == []

    # Were nothing said, or nothing told, that would hold for any product.
    assert all(word in heard["asked"] for word in (MESSAGE, TITLE, ANSWER, BROKEN, TOOL, LOST))
    lines = [json.loads(line) for line in heard["lines"].splitlines()]
    errors = {line["error"]["type"].rpartition(".")[2] for line in lines if "error" in line}
    assert "OperationalError" in errors
    assert {line["event"] for line in lines} >= {"http.request", "http.failed", "run.failed", "llm.answered", "llm.failed", "event.handled"}
    assert 'smartflow_llm_answers_total{outcome="unusable",role="lite",scene="confirmation_words"} 1.0' in heard["numbers"]
    assert {line.split()[0] for line in heard["spans"].splitlines()} >= {"AgentClient.say", "MemoryClient.add", "event.react"}
    assert "OperationalError" in heard["spans"]
