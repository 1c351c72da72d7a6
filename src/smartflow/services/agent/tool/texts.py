"""The sentences that tools say of what they did, in Chinese and English."""

from smartflow.shared.kernel.text import Text

FOUND = Text(zh="找到 {count} 项", en="Found {count}")
TASKS = Text(zh="{count} 个任务", en="{count} tasks")
ENTRIES = Text(zh="{count} 项安排", en="{count} entries")
CREATED = Text(zh="已记下：{title}", en="Noted: {title}")
COMPLETED = Text(zh="已完成：{title}", en="Done: {title}")
REOPENED = Text(zh="已重新打开：{title}", en="Open again: {title}")
DELETED = Text(zh="已删除：{titles}", en="Deleted: {titles}")
DELETE = Text(zh="删除 {count} 个任务？", en="Delete {count} tasks?")
DELETE_ONE = Text(zh="删除“{title}”？", en='Delete "{title}"?')
CHANGE = Text(zh="改动“{title}”？", en='Change "{title}"?')
CHANGES = Text(zh="做 {count} 处改动？", en="Make {count} changes?")
CONFIRM = {
    "hide": (DELETE_ONE, DELETE),
    "add": (Text(zh="添加“{title}”？", en='Add "{title}"?'), Text(zh="添加 {count} 个任务？", en="Add {count} tasks?")),
    "complete": (Text(zh="完成“{title}”？", en='Complete "{title}"?'), Text(zh="完成 {count} 个任务？", en="Complete {count} tasks?")),
    "reopen": (Text(zh="重新打开“{title}”？", en='Reopen "{title}"?'), Text(zh="重新打开 {count} 个任务？", en="Reopen {count} tasks?")),
    "undo": (Text(zh="撤销“{title}”？", en='Undo "{title}"?'), Text(zh="撤销 {count} 处改动？", en="Undo {count} changes?")),
}
BLOCKS = Text(zh="连同 {count} 个时间块：{times}", en="Blocks that go with it: {count} ({times})")
BETWEEN = {"zh": "、", "en": ", "}
DUE = Text(zh="截止：{times}", en="Due: {times}")
NAMED = Text(zh="{titles}。{times}", en="{titles}. {times}")
UNDONE = Text(zh="已撤销", en="Undone")
NOTHING = Text(zh="没有可撤销的", en="There is nothing to undo")
READ = Text(zh="读出 {count} 种时间", en="{count} readings")
REFUSED = Text(zh="没有成功", en="It was refused")
BLOCKED = Text(zh="你没有同意", en="You said no")
TOO_MANY = Text(
    zh="一次回答最多调用 {most} 次工具，这一次没有执行。需要的话请在下一次回答里再调用。",
    en="At most {most} tools are called in one answer, so this call was not run. Make it again in the next answer if it is needed.",
)
PART = Text(zh="第 {part} 部分，共 {parts} 部分", en="Part {part} of {parts}")
NO_RESULT = Text(zh="这次对话里没有这个结果。", en="There is no such result in this conversation.")
NO_PART = Text(zh="这个结果没有这么多部分。", en="That result has fewer parts.")
NO_TIME = Text(zh="看不懂这个时间。", en="That time cannot be read.")
STOPPED = Text(zh="回答在这之前被停下了，没有执行。", en="The answer was stopped before this was done.")
NO_TASK = Text(zh="没有这个任务。", en="There is no such task.")
QUADRANTS = {
    1: Text(zh="重要且紧急", en="important and urgent"),
    2: Text(zh="重要不紧急", en="important, not urgent"),
    3: Text(zh="紧急不重要", en="urgent, not important"),
    4: Text(zh="不重要不紧急", en="neither"),
}
