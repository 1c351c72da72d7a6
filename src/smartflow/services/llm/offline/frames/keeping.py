"""Keeping tasks."""

from smartflow.services.llm.offline.frames.frame import ASK, ASK_ZH, DONE_ZH, TODO, VERB_EN, VERB_ZH, Frame, row

KEEPING: tuple[Frame, ...] = (
    # Capture, said outright.
    row(
        "capture",
        rf"{ASK}(?:set a reminder|remind me)(?: to| about| of| that| for)?\b|\b(?:and |, ?)?remind me(?: about (?:it|that))?\W*$",
        "title",
    ),
    row(
        "capture",
        rf"{ASK}(?:add|create|make|set up|new)(?: me)?(?: an?| the| another| some| two| three| four| five|"
        rf" [2-9])?(?: new)? {TODO}\b\s*(?:to|called|named|for|that|:)*",
        "title",
    ),
    row("capture", rf"{ASK}(?:add|put)\b(?:(?P<x>.*?)(?:\s(?:to|on) (?:my |the )?(?:to-?do )?(?:list|tasks?)\W*$)|\s*:?)", "title"),
    row(
        "capture",
        rf"{ASK}(?:note(?: down)?(?: that)?|write down|jot down|keep in mind|put down|don't (?:let me )?forget(?: to| about)?|"
        rf"do not forget(?: to)?|remember to|to-?do:|new task:)",
        "title",
        unless=r"\bnote down what\b",
    ),
    row(
        "capture",
        rf"{ASK}(?:i|we)(?: still| really|'ve| also)? (?:need to|have to|have got to|got to|must|should|gotta)\b",
        "title",
        timed=True,
        explicit=False,
    ),
    row(
        "capture",
        rf"{ASK_ZH}(?:记得|别忘了?)?(?:提醒(?:一下)?我(?:一下)?|(?<!老师)叫我|提醒(?:一下)?|(?:千万)?(?:别|不要)忘(?:了|记)?|记得)|"
        rf"[,，]?(?:记得)?提醒(?:一下)?我(?:一下|一声)?\W*$",
        "title",
    ),
    row(
        "capture",
        rf"{ASK_ZH}(?:添加|新建|新增|创建|加|建|增加|记)(?:上|入)?(?:[一两二三四五六七八九十]?[个条项])?(?:新的?)?(?:任务|"
        rf"待办(?:事项)?|提醒|事)\s*[::]?\s*(?:叫|是)?",
        "title",
    ),
    row("capture", rf"{ASK_ZH}(?:记(?:一?下来?|录|着|住)(?:一下)?|添加|新增|待办[::]|任务[::]|加上)\s*[::]?", "title"),
    row(
        "capture",
        rf"{ASK_ZH}把(?P<x>.+?)(?:加到|加入|加进|放到|放进|记到|记进|添加到)(?:我的)?(?:任务|待办|清单|列表|任务池)(?:清单|列表|"
        rf"事项)?(?:里面?|中)?",
        "title",
    ),
    row(
        "capture",
        rf"{ASK_ZH}我?(?:们)?(?:还)?(?:要|得|需要|必须)(?!求|不|是|紧)|(?:要|得|需要|必须)(?={VERB_ZH})",
        "title",
        explicit=False,
        timed=True,
        unless=r"要什么|什么|要不要|重要|删|标记|撤|恢复",
    ),
    # Capture, a bare imperative with a time.
    row(
        "capture",
        rf"{ASK}(?P<x>{VERB_EN}\b.+)",
        "title",
        timed=True,
        explicit=False,
        unless=r"\b(?:schedule|timetable|calendar|agenda|blocks?)\b",
    ),
    row(
        "capture",
        rf"^\W*(?P<x>{VERB_ZH}.+)",
        "title",
        timed=True,
        explicit=False,
        unless=DONE_ZH + r"|把|所有|全部|课表|课程表|日程|安排|什么|哪些|删|撤",
    ),
)
