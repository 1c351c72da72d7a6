"""The lines of the log that readers see: texts, statuses, tools, questions, cards, the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from smartflow.client.llm import ToolCall, Usage
from smartflow.services.agent.context.size import marked
from smartflow.services.agent.engine import texts
from smartflow.services.agent.engine.fold import Answer, State
from smartflow.services.agent.model import STAYS_OPEN, Card, Deliver, Result
from smartflow.services.agent.repository import Line
from smartflow.services.agent.tool.show import stopped
from smartflow.shared.kernel.codec import to_json
from smartflow.shared.kernel.text import Language

SPEAK = "chat.speak"
_PREVIEW = 200
_QUOTED = 80


def text(piece: str, joins: int | None = None) -> Line:
    """Say a piece of text; later pieces join the first."""
    return Line("assistant_text", {"text": piece} | ({} if joins is None else {"joined": True}), SPEAK, "chat", joins)


def set_right(language: Language, end: str = "") -> Line:
    """Say that nothing was changed, where something else was said."""
    return text("\n\n" + texts.CLAIM.render(language) + end)


def status(code: str, summary: str = "") -> Line:
    """Say how far things are."""
    return Line("status", {"code": code, "summary": summary}, "chat.status", "chat")


def tool_call(call: ToolCall) -> Line:
    """Say that a tool is being used."""
    return Line("tool_call", {**_used(call), "status": "start", "summary": call.name}, "execute.status", "execute")


def tool_result(call: ToolCall, result: Result, *, did: str = "") -> list[Line]:
    """Say what a tool gave: for the run that goes on, for readers, and as cards; `did` is what it changed, in words."""
    word = {"done": "done", "refused": "failed", "blocked": "blocked"}[result.status]
    inner: dict[str, Any] = {"call_id": call.id, "name": call.name, "result": result.plain()}
    inner |= {"undo": result.undo, "undone": None if result.undone is None else str(result.undone)} | ({"did": did} if did else {})
    inner |= {"content": result.content} if result.content else {}
    views = {"argument_view": _argument_view(call), "result_view": _view(call, result, word)}
    shown = {**_used(call), "status": word, "summary": result.title, **views}
    lines = [Line("result", inner), Line("tool_result", shown, "execute.status", "execute")]
    return lines + [card(each) for each in result.cards]


def left_undone(run: UUID, state: State, language: Language) -> list[Line]:
    """Give what a stopped run has called for, or was agreed to, a result for models; what still waits for the person keeps waiting."""
    consent = state.answer.consent
    answered = frozenset[str]() if consent.reading in STAYS_OPEN else consent.held
    left = [each.call for each in state.open.values() if each.run == run or each.call.id in answered]
    return [line for call in left for line in tool_result(call, stopped(language))[:1]]


def card(shown: Card) -> Line:
    """Show a result as a card."""
    payload: dict[str, Any] = {"card_type": shown.card_type, "title": shown.title, "summary": shown.summary, "data": shown.data}
    if shown.source is not None:
        payload["source"] = shown.source
    return Line("business_card", payload, "quick_task.result", "quick_task")


def question(interaction: UUID, asked: str) -> list[Line]:
    """Ask, and say that an answer is waited for."""
    payload = {"interaction_id": str(interaction), "type": "ask_user", "summary": asked}
    return [Line("interrupt", payload, "interrupt.status", "interrupt"), status("ask_user", asked)]


def confirmation(interaction: UUID, title: str, summary: str, expires_at: datetime, diff: list[Mapping[str, Any]]) -> list[Line]:
    """Show what would be done, and say that a yes is waited for."""
    confirm = {"interaction_id": str(interaction), "title": title, "summary": summary, "expires_at": expires_at.isoformat(), "diff": diff}
    shown = Line("confirm_request", {"text": f"{title} {summary}".strip(), "confirm": confirm}, "confirm.status", "confirm")
    return [shown, status("tool_confirm", title), status("confirm", title)]


def delivery(step: Deliver, answer: Answer, language: Language) -> list[Line]:
    """Say by template how far an answer has come, what is done and what is still open; or what a yes or no is waited for."""
    said = texts.UNCLEAR.render(language, asked=answer.consent.asked) if step.unclear else _progress(step, answer, language)
    shown = ("\n\n" if answer.beginning else "") + said
    # Names are data to a model, also where the engine itself has said them.
    content = texts.UNCLEAR.render(language, asked=marked(answer.consent.asked)) if step.unclear else shown
    usage = {"prompt_tokens": 0, "completion_tokens": 0}
    return [text(shown), Line("answer", {"content": content, "calls": [], "model": "template", "usage": usage, "outcome": step.outcome})]


def _progress(step: Deliver, answer: Answer, language: Language) -> str:
    head = texts.LIMIT if step.outcome == "exhausted" else texts.CLOSED
    done = texts.DONE.render(language, done="; ".join(answer.done)) if answer.done else texts.NOTHING_DONE.render(language)
    said = [head.render(language), done]
    if answer.words:
        words = answer.words if len(answer.words) <= _QUOTED else answer.words[:_QUOTED] + " .."
        said.append(texts.OPEN.render(language, words=words))
    return (" " if language == "en" else "").join(said)


def end(run_status: str, used: Usage) -> list[Line]:
    """End the stream: how it ended, and what it took."""
    usage = {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
    return [Line("finish", {"run_status": run_status}, "deliver.speak", "deliver"), Line("usage", usage)]


def failure(code: str, kind: str, message: str, used: Usage) -> list[Line]:
    """End the stream with an error."""
    return [end("failed", used)[1], Line("error", {"code": code, "type": kind, "message": message})]


def _used(call: ToolCall) -> dict[str, Any]:
    preview = to_json(call.arguments).decode()[:_PREVIEW]
    return {"tool_call_id": call.id, "name": call.name, "arguments_preview": preview}


def _argument_view(call: ToolCall) -> dict[str, Any]:
    fields = [{"key": key, "label": key, "value": value, "display": _plain(value)} for key, value in call.arguments.items()]
    summary = ", ".join(field["display"] for field in fields)[:_PREVIEW]
    collapsed = {"summary": summary, "args_count": len(fields)}
    return {"view_type": "tool.arguments", "version": 1, "collapsed": collapsed, "expanded": {"args": call.arguments, "fields": fields}}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _view(call: ToolCall, result: Result, word: str) -> dict[str, Any]:
    collapsed = {"title": result.title, "subtitle": "", "status": word, "status_label": word, "metrics": []}
    expanded = {"items": [], "sections": [], "raw_text": "", "machine_payload": result.value}
    return {"view_type": _VIEWS.get(call.name, "legacy_text"), "version": 1, "collapsed": collapsed, "expanded": expanded}


_VIEWS = {"query_range": "schedule.read_result", "read_more": "tool.context_result"}
