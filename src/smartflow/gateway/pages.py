"""The two pages that the edge draws itself: where one arrives, and the API's description."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from smartflow.gateway.settings import Demo
from smartflow.shared.kernel.text import Language, Text

_TITLE = Text(zh="SmartFlow 正在运行", en="SmartFlow is running")
_LEAD = Text(
    zh="它把课表、学习计划和零碎任务排进真实的一周，并说清每一块为什么在那里。",
    en="It plans timetable, study plans and small tasks into the real week, and says why each block is where it is.",
)
_ACCOUNT = Text(zh="演示账号", en="The demo account")
_NAME = Text(zh="用户名", en="Name")
_PASSWORD = Text(zh="密码", en="Password")
_GO = Text(zh="查看接口文档", en="Read the API's documentation")
_RAW = Text(zh="机器可读的描述", en="The description for programs")
_API = Text(zh="SmartFlow 接口", en="The SmartFlow API")
_API_LEAD = Text(
    zh="每个回答都是一个信封：status、info、data、request_id。写操作带 X-Idempotency-Key，重复请求只生效一次。",
    en="Every answer is an envelope: status, info, data, request_id. Writes carry an X-Idempotency-Key; a repeat has no second effect.",
)
_NEEDS_TOKEN = Text(zh="需要令牌", en="needs a token")
_PARAMETERS = Text(zh="参数", en="Parameters")
_BODY = Text(zh="请求体", en="Body")
_ANSWERS = Text(zh="回答", en="Answers")
_REQUIRED = Text(zh="必填", en="required")
_DEEPEST = 4


def home_page(version: str, demo: Demo | None, language: Language) -> str:
    """Draw the page at `/`."""
    account = ""
    if demo is not None:
        rows = f"<dt>{_NAME.render(language)}</dt><dd><code>{escape(demo.username)}</code></dd>"
        rows += f"<dt>{_PASSWORD.render(language)}</dt><dd><code>{escape(demo.password)}</code></dd>"
        account = f"<section><h2>{_ACCOUNT.render(language)}</h2><dl>{rows}</dl></section>"
    links = f'<p><a class="go" href="/docs">{_GO.render(language)}</a> <a href="/openapi.json">{_RAW.render(language)}</a></p>'
    body = f"<h1>{_TITLE.render(language)}</h1><p>{_LEAD.render(language)}</p>{account}{links}<footer>{escape(version)}</footer>"
    return _page(_TITLE.render(language), f'<main class="calm">{body}</main>', language)


def docs_page(document: Mapping[str, Any], language: Language) -> str:
    """Draw the API's description: routes by noun, each to be unfolded."""
    by_noun: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_noun[operation["tags"][0]].append(_operation(method, path, operation, document, language))
    nouns = "".join(f'<li><a href="#{escape(noun)}">{escape(noun)}</a></li>' for noun in by_noun)
    sections = "".join(f'<section id="{escape(noun)}"><h2>{escape(noun)}</h2>{"".join(drawn)}</section>' for noun, drawn in by_noun.items())
    head = f"<h1>{_API.render(language)}</h1><p>{_API_LEAD.render(language)}</p>"
    return _page(_API.render(language), f'<main>{head}<nav aria-label="API"><ul>{nouns}</ul></nav>{sections}</main>', language)


def _operation(method: str, path: str, operation: Mapping[str, Any], document: Mapping[str, Any], language: Language) -> str:
    parts = [_parameters(operation, language), _request_body(operation, document, language), _answers(operation, language)]
    token = f"<p>{_NEEDS_TOKEN.render(language)}</p>" if "security" in operation else ""
    summary = f'<b class="{method}">{method.upper()}</b> <code>{escape(path)}</code> <span>{escape(operation["summary"])}</span>'
    return f"<details><summary>{summary}</summary>{token}{''.join(parts)}</details>"


def _parameters(operation: Mapping[str, Any], language: Language) -> str:
    found = operation.get("parameters", ())
    if not found:
        return ""
    rows = "".join(_row(each["name"], each["schema"], each["required"], language) for each in found)
    return f"<h3>{_PARAMETERS.render(language)}</h3><table><tbody>{rows}</tbody></table>"


def _request_body(operation: Mapping[str, Any], document: Mapping[str, Any], language: Language) -> str:
    if "requestBody" not in operation:
        return ""
    kind, content = next(iter(operation["requestBody"]["content"].items()))
    rows = "".join(_members(content["schema"], document, language))
    return f"<h3>{_BODY.render(language)} <small>{escape(kind)}</small></h3><table><tbody>{rows}</tbody></table>"


def _answers(operation: Mapping[str, Any], language: Language) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(status)}</th><td>{escape(answer['description']).replace(chr(10), '<br>')}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    return f"<h3>{_ANSWERS.render(language)}</h3><table><tbody>{rows}</tbody></table>"


def _members(schema: Mapping[str, Any], document: Mapping[str, Any], language: Language, *, at: str = "", depth: int = 0) -> Iterator[str]:
    """Draw the members of an object, and those of the objects inside it."""
    schema = _resolved(schema, document)
    if "items" in schema:
        yield from _members(schema["items"], document, language, at=f"{at}[]", depth=depth)
    for name, member in schema.get("properties", {}).items():
        path = f"{at}.{name}" if at else name
        yield _row(path, _resolved(member, document), name in schema.get("required", ()), language)
        if depth < _DEEPEST:
            yield from _inner(member, document, language, at=path, depth=depth + 1)


def _inner(member: Mapping[str, Any], document: Mapping[str, Any], language: Language, *, at: str, depth: int) -> Iterator[str]:
    for branch in [member, *member.get("anyOf", ())]:
        inner = _resolved(branch, document)
        if "properties" in inner or "items" in inner:
            yield from _members(inner, document, language, at=at, depth=depth)


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def _row(name: str, schema: Mapping[str, Any], required: bool, language: Language) -> str:  # noqa: FBT001 - one row, four facts
    mark = f" <small>{_REQUIRED.render(language)}</small>" if required else ""
    return f"<tr><th scope='row'><code>{escape(name)}</code>{mark}</th><td>{escape(_kind(schema))}</td></tr>"


def _kind(schema: Mapping[str, Any]) -> str:
    """Say in words what a value may be."""
    if "anyOf" in schema:
        return " | ".join(_kind(branch) for branch in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    words = [str(schema.get("format") or schema.get("type", "any"))]
    ends = [
        schema.get("minimum", schema.get("minLength", schema.get("minItems"))),
        schema.get("maximum", schema.get("maxLength", schema.get("maxItems"))),
    ]
    if any(end is not None for end in ends):
        words.append("..".join("" if end is None else str(end) for end in ends))
    if schema.get("default") not in (None, ""):
        words.append(f"= {schema['default']}")
    return " ".join(words)


def _page(title: str, body: str, language: Language) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    style = '<link rel="stylesheet" href="/static/calm.css"><link rel="icon" href="data:,">'
    tag = "zh-CN" if language == "zh" else "en"
    return f'<!doctype html><html lang="{tag}"><head>{head}<title>{escape(title)}</title>{style}</head><body>{body}</body></html>'
