"""What the brain says. Names, numbers and times come from results of tools."""

from smartflow.shared.kernel.text import Text

EXACTLY = Text(zh="{text}", en="{text}")
GREETING = Text(
    zh="你好！要记任务、问安排或者完成、删除任务，直接说就行。",
    en="Hello! Tell me what to keep, ask what is on, or say which task is done or can go.",
)
NOTED = Text(zh="好的，有事随时说。", en="All right. Tell me when there is something.")
THANKS = Text(zh="不客气。", en="You are welcome.")
BYE = Text(zh="再见！", en="Goodbye!")
WHO = Text(
    zh="我是 SmartFlow 的助手：帮你记任务、查安排、打勾、删除和撤销。现在没有接语言模型，我按规则理解你的话。",
    en="I am SmartFlow's assistant: I keep tasks, tell what is on, tick off, delete and undo. No language model is connected: "
    "I understand by rules.",
)
HELP = Text(
    zh="我能做这些：\n- 记任务：“明天9点半提醒我打电话”\n- 看安排：“明天有什么课”“这周有什么要交”\n- 完成、重新打开："
    "“实验报告交了”“重新打开实验报告”\n- 删除：“删掉图书证那个任务”\n- 撤销：“撤销刚才的”",
    en='This is what I can do:\n- keep tasks: "Remind me to call the dentist tomorrow at 9:30"\n- tell what is on: "What is '
    'on tomorrow?", "What is due this week?"\n- complete and reopen: "I finished the lab report", "Reopen the lab '
    'report"\n- delete: "Delete the library card task"\n- take back: "Undo that"',
)
DROPPED = Text(zh="（前面的问题先放下了，没有因为它改什么。）\n", en="(The question before is dropped; nothing was changed for it.)\n")
LEFT = Text(zh="好的，保持原样，什么都没有改。", en="All right, it stays as it is: nothing was changed.")
REFUSED = Text(zh="没有做成：{why}", en="That was not done: {why}")
NO_ANSWER = Text(
    zh="这一步没有得到可用的结果，所以我不能说它做成了。请再说一次。",
    en="This step gave no usable result, so I cannot say that it is done. Please say it again.",
)
OTHERS = Text(
    zh="前面的步骤已经执行过了，我不再重复。可以说“撤销刚才的”来收回。",
    en='The steps before this were carried out and I do not repeat them. Say "undo that" to take them back.',
)
NOT_HERE = Text(zh="这一步现在做不了，什么都没有改。", en="That is not possible at this moment; nothing was changed.")

CREATED = Text(zh="记下了：「{title}」，{when}，第{quadrant}象限。", en='Kept: "{title}", {when}, quadrant {quadrant}.')
NO_DATE = Text(zh="没有日期", en="no date")
UNTIL = Text(zh="截止 {when}", en="due {when}")
TAKE_BACK = Text(zh="说“撤销”可以收回。", en='Say "undo" to take it back.')
COMPLETED = Text(zh="「{title}」完成了。", en='"{title}" is done.')
COMPLETED_ALREADY = Text(zh="「{title}」早就完成了，没有变化。", en='"{title}" was done already; nothing changed.')
REOPENED = Text(zh="「{title}」重新打开了。", en='"{title}" is open again.')
REOPENED_ALREADY = Text(zh="「{title}」本来就没完成，没有变化。", en='"{title}" was open already; nothing changed.')
DELETED = Text(zh="删除了{count}个任务：{titles}。", en="Deleted ({count}): {titles}.")
DELETED_BLOCKS = Text(zh="日程里的{blocks}个时间块也一起删了。", en="Blocks of the schedule that went with it: {blocks}.")
MORE_LEFT = Text(zh="还有{count}个没有动，再说一次会继续。", en="{count} more are still there; say it again to go on.")
NO_TASK = Text(
    zh="没有找到叫“{name}”的任务，什么都没有改。要记下来的话，说“添加任务：{name}”。",
    en='I found no task called "{name}"; nothing was changed. To keep it, say "add {name}".',
)
NONE_TO_DELETE = Text(zh="没有符合的任务，什么都没有删除。", en="There is no such task; nothing was deleted.")
NO_FOCUS = Text(
    zh="我不知道你指的是哪一个，说出任务的名字就行。什么都没有改。",
    en="I do not know which one you mean; please name the task. Nothing was changed.",
)
ONE_BY_ONE = Text(
    zh="这件事我一次只能做一个任务，说出它的名字就行。什么都没有改。",
    en="That I can do for one task at a time; please name it. Nothing was changed.",
)
WHICH = Text(zh="你指的是哪一个？", en="Which one do you mean?")
NONE_OF_THESE = Text(zh="都不是", en="None of these")
TASK_STATE = Text(zh="「{title}」：{state}（{when}）", en='"{title}": {state} ({when})')
STATE_DONE = Text(zh="已完成", en="done")
STATE_OPEN = Text(zh="还没完成", en="still open")
UNDONE = {
    "created": Text(zh="撤销了：刚才记下的{titles}不在了。", en="Taken back: {titles}, just kept, is gone again."),
    "completed": Text(zh="撤销了：{titles}又是未完成。", en="Taken back: {titles} is open again."),
    "reopened": Text(zh="撤销了：{titles}又是已完成。", en="Taken back: {titles} is done again."),
    "deleted": Text(zh="撤销了：{titles}回来了。", en="Taken back: {titles} is there again."),
    "several": Text(zh="撤销了：{titles}都恢复到之前的样子。", en="Taken back: {titles}, all as before."),
    "nothing": Text(zh="没有可以撤销的操作。", en="There is nothing to take back."),
}
WHICH_DATE = Text(zh="“{when}”可以指两个日期，是哪一个？", en='"{when}" can mean two dates: which one?')
WHICH_TIME = Text(zh="“{title}”的截止时间是哪一个？", en='Which of these is when "{title}" is due?')
UNREADABLE = Text(
    zh="“{when}”不是一个我能读懂的时间，什么都没有记。换个说法再试试。",
    en='"{when}" is not a time that I can read; nothing was kept. Please say it differently.',
)
IS_DATE = Text(zh="“{when}”：{said}", en='"{when}": {said}')
WHAT_TITLE = Text(zh="要记什么事？", en="What shall I keep?")
TOO_LONG = Text(
    zh="这段话太长，当不了任务标题（最多255个字符），什么都没有记。",
    en="That is too long for a title (at most 255 characters); nothing was kept.",
)
KEEP = Text(zh="要把“{title}”记成任务吗？", en='Shall I keep "{title}" as a task?')
KEEP_OPEN = Text(
    zh="这件事需要语言模型，现在没有接。要把“{title}”先记成任务吗？",
    en='That needs a language model, and none is connected. Shall I keep "{title}" as a task?',
)
YES_KEEP = Text(zh="记成任务", en="Keep it as a task")
NO_KEEP = Text(zh="不用", en="No")

ON = Text(zh="{window}的安排：", en="On {window}:")
ON_COURSES = Text(zh="{window}的课：", en="Classes {window}:")
NOTHING_ON = Text(zh="{window}没有安排。", en="Nothing is on {window}.")
NO_COURSES = Text(zh="{window}没有课。", en="There are no classes {window}.")
THIS_TIME = Text(zh="这段时间", en="at that time")
TASKS = Text(zh="{count}个任务：", en="Tasks ({count}):")
TASKS_DUE = Text(zh="{window}要交的（{count}个）：", en="Due {window} ({count}):")
NO_TASKS = Text(zh="没有符合的任务。", en="There are no such tasks.")
NOTHING_DUE = Text(zh="{window}没有要交的任务。", en="Nothing is due {window}.")
AND_MORE = Text(zh="还有{count}个。", en="And {count} more.")

KEPT = {
    "delete": Text(zh="好的，没有删除任何东西。", en="All right, nothing was deleted."),
    "complete": Text(zh="好的，没有标记完成，任务保持原样。", en="All right, nothing was marked as done; the tasks stay as they are."),
    "capture": Text(zh="好的，什么都没有记。", en="All right, nothing was kept."),
    "undo": Text(zh="好的，什么都没有撤销。", en="All right, nothing was taken back."),
    "reopen": Text(zh="好的，没有重新打开任何任务。", en="All right, no task was reopened."),
}
KEEP_WHICH = Text(
    zh="好的，什么都没有删除。要留下哪些（“留下实验报告”），或者要删除哪些，说一下就行。",
    en='All right, nothing was deleted. Say which to keep ("keep the lab report"), or which to delete.',
)
STILL_WAITS = Text(
    zh="上面的确认还在等你：说“好”就执行，说“不”就不动。在那之前我只能查看，什么都没有改。",
    en="The confirmation above is still waiting: say yes or no to it. Until then I only look; nothing was changed.",
)
NOTHING_WAITS = Text(zh="现在没有在等你确认的事，什么都没有改。", en="Nothing is waiting for your yes or no; nothing was changed.")
NOT_YOURS = Text(
    zh="这听起来不是你要我现在做的，所以什么都没有改。要做的话，直接说一遍。",
    en="That does not sound like a request of yours for now, so nothing was changed. If it is, say it directly.",
)
UNKNOWN = Text(
    zh="这句话我没有完全听懂，所以什么都没有做。我会记任务、查安排、完成、重新打开、删除和撤销，例如“明天9点半提醒我打电话”。",
    en="I did not fully understand that, so nothing was done. I can keep tasks, tell what is on, complete, reopen, delete and "
    'undo, e.g. "Remind me to call the dentist tomorrow at 9:30".',
)
CANNOT = {
    "plan": Text(
        zh="在对话里排计划我现在还做不到，什么都没有改。可以在课表页排；我能先说说某天有什么安排，或者记一个任务。",
        en="Planning in words is something I cannot do yet; nothing was changed. The schedule page plans; I can tell what is on, "
        "or keep a task.",
    ),
    "move": Text(
        zh="挪动、交换时间块或者改任务我现在还做不到，什么都没有改。可以在页面上改；我能告诉你那天有什么安排。",
        en="Moving or changing things is something I cannot do yet; nothing was changed. The pages can; I can tell what is on that day.",
    ),
    "course": Text(
        zh="重复的课程和任务我现在还不能在对话里建，什么都没有改。可以在课表页添加；一次性的任务我能记，例如“周二下午提醒我…”。",
        en="Things that repeat are something I cannot make here yet; nothing was changed. The timetable page can; single tasks I "
        'can keep, e.g. "remind me on Tuesday to ...".',
    ),
    "import": Text(
        zh="在对话里导入课表我现在还做不到，什么都没有改。可以在课表页上传文件；要的话，说“添加任务：导入课表”，我先记着。",
        en="Importing a timetable here is something I cannot do yet; nothing was changed. The timetable page takes a file; say "
        '"add import my timetable" and I keep it as a task.',
    ),
    "class": Text(
        zh="新建复习计划我现在还做不到，什么都没有改。可以在计划页建；要的话我先记成一个任务。",
        en="Making a study plan is something I cannot do yet; nothing was changed. The plans page can; I can keep it as a task.",
    ),
    "memory": Text(
        zh="记住偏好我现在还做不到，什么都没有记。要做的事我可以记成任务。",
        en="Remembering preferences is something I cannot do yet; nothing was kept. What is to be done I can keep as a task.",
    ),
    "free": Text(
        zh="找空闲时间我现在还做不到。我能告诉你那段时间有什么安排，例如“下周三有什么安排”。",
        en='Finding free time is something I cannot do yet. I can tell what is on, e.g. "What is on next Wednesday?".',
    ),
    "why": Text(
        zh="解释安排的理由我现在还做不到，什么都没有改。我能告诉你那天有什么安排。",
        en="Explaining why something is where it is I cannot do yet; nothing was changed. I can tell what is on that day.",
    ),
    "report": Text(
        zh="记录时间块学没学、补课我现在还做不到，什么都没有改。可以在课表页上标记。",
        en="Reporting blocks and repairing the plan is something I cannot do yet; nothing was changed. The schedule page can.",
    ),
    "condition": Text(
        zh="带条件的要求我做不到，什么都没有改。去掉条件再说一次，我就能做。",
        en="I cannot act on conditions; nothing was changed. Say it without the condition and I can.",
    ),
}
