"""Looking at what there is."""

from smartflow.services.llm.offline.frames.frame import DONE_ZH, READS, REMINDS, TODO, Frame, row

WHAT_ZH = r"(?:有没有|有几[个节门]|有多少|有什么|有哪些|有啥|有几节|都?有些什么|什么|哪些|啥|有)"
ON_ZH = r"(?:安排|日程|课程表|课表|课程|课|\s*class(?:es)?|活动|事情?|计划|行程)"
LOOK_ZH = r"(?:看看?|查看?|查一?下|看一下|告诉我|列出|显示|说说|列一下|瞧瞧)"
DUE_ZH = r"(?:要交|该交|截止|到期|要做|要完成|得交|需要交)"
TASK_ZH = r"(?:任务|待办(?:事项)?|作业|ddl)"


LOOKING: tuple[Frame, ...] = (
    # Looking.
    row(
        "range",
        r"(?:what(?:'s| is| are|s)|anything|is there anything|do i have anything|whats)\s*(?:up |left |remaining |happening |"
        r"planned |scheduled |"
        r"on (?:my )?(?:schedule|calendar|timetable|agenda|plate)|on\b|coming up\b)+",
        forbids=READS,
    ),
    row(
        "range",
        r"what (?:do|have|will) i (?:have|got|be doing)(?: to do)?(?: on| going on| planned| scheduled| next| left)*|what (?:does|"
        r"will) my (?:day|week|schedule) look like|what (?:is|'s) my (?:day|week|schedule|timetable|agenda)(?: like)?|"
        r"how does my (?:day|week) look",
        forbids=READS,
    ),
    row(
        "range",
        r"(?:(?:show|tell|give|list|see|view|check)(?: me)?|what(?:'s| is| are)|open|look at)?\s*(?:all )?(?:my |the |today's |"
        r"tomorrow's )*(?:schedule|timetable|calendar|agenda|classes|courses|lectures|lessons)\b(?: look like| do i have|"
        r" are there| are on| for)*",
        forbids=READS,
    ),
    row(
        "range",
        r"(?:what|which|any|how many|do i have|are there)(?: any)? (?:classes|class|courses|lectures|lessons|events|"
        r"blocks)(?: do i have| are there| are on| have i got| is it)?",
        forbids=READS,
    ),
    row(
        "range",
        r"what(?:'s| is| comes?)(?: up)? next\b(?: on my schedule| for me)?|(?:what|when|where) is (?:my )?next (?:class|course|"
        r"lecture|lesson|block|thing)|what is (?:my |the )?next\b|(?:my )?next (?:class|lecture|lesson)\b",
        forbids=READS,
    ),
    row(
        "range",
        rf"{LOOK_ZH}?(?:我|我们)*(?:的)?(?:都|还)?(?:剩下的?|剩余的?)?{WHAT_ZH}?(?:的)?{ON_ZH}+(?:要上|要做|没有|没|吗|呢|么|"
        rf"是什么|是啥|有哪些|有什么|"
        rf"怎么样|多吗|要干)*(?:要上|要做)?",
        forbids=READS,
        unless=rf"删|导入|怎么导|撤|{REMINDS}|把|新建|(?<!安)排|挪",
    ),
    row(
        "range",
        rf"{LOOK_ZH}?(?:我)?(?:都|还)?(?:要|该|得)?(?:干什么|干嘛|干啥|做什么|做啥|上什么课?|忙什么|忙啥)|(?:有什么|有啥)\W*$",
        forbids=READS,
    ),
    row(
        "range",
        r"(?:我)?(?:下一?[节个门]课?|接下来|下一?个安排|下一项|下面)(?:的?课|的?安排|的?日程)?(?:是|有|要|在|上|做)*(?:什么课?|"
        r"哪里?|哪儿|几点|啥|干什么|干嘛|什么时候|安排)*",
        forbids=READS,
        unless=r"删|提醒|撤",
    ),
    row(
        "due",
        r"(?:what(?:'s| is| are|s| do i have)?|anything|which|show(?: me)?|list|is there anything|which tasks (?:are|is)|"
        r"what tasks (?:are|is)|what (?:tasks|assignments|deadlines)(?: are| do i have| is)?)\s*(?:that(?:'s| is| are)? |"
        r"tasks? |things? )*due\b|(?:what|which)?\s*(?:are )?(?:my |the |any )?(?:upcoming )?deadlines?\b(?: do i have|"
        r" are there| are)?(?: coming up)?|what (?:do i (?:have|need) to|must i|should i) (?:submit|hand in|turn in|finish|do)|"
        r"what (?:do i need|have i) to do",
        forbids=READS,
    ),
    row(
        "due",
        rf"{LOOK_ZH}?(?:我)?(?:还|都)?{WHAT_ZH}?(?:的)?{TASK_ZH}?(?:是)?{DUE_ZH}(?:的|什么|哪些|"
        rf"啥)*(?:{TASK_ZH})?(?:有)?(?:哪些|什么|吗|呢|有哪些|有什么|啥)*",
        forbids=READS,
        unless=rf"{REMINDS}|删|完成了|把",
    ),
    row(
        "tasks",
        rf"(?:(?:show|list|tell|give|see|view)(?: me)?|what(?:'s| is| are|s)|which|what|do i have|are there|how many)\s*(?:all |"
        rf"of |my |the |any |open |unfinished |remaining |completed |finished |done |urgent |left |other |on )*(?:{TODO}|"
        rf"to-?do list|task list|task pool)\b(?: do i have| are there| have i got| are (?:open|left|done)| left|"
        rf" open)*(?:\s*in (?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth) quadrant))?",
        forbids=READS,
        unless=r"\bdue\b|delete|remove",
    ),
    row(
        "tasks",
        r"(?:(?:show|list|tell|give)(?: me)?|what(?:'s| is| are|s)|what do i have)\s*(?:everything |all |tasks? |"
        r"there )*(?:in )?(?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth) quadrant)",
        forbids=READS,
    ),
    row(
        "tasks",
        rf"{LOOK_ZH}?(?:一下)?(?:我)?(?:的)?(?:现在|目前|还|都)*{WHAT_ZH}?(?:的)?(?:所有|全部|未完成|没完成|没做完|已完成|"
        rf"完成了|做完了|紧急|重要)*(?:的)?(?:任务|作业|待办(?:事项)?|任务列表|任务清单|待办清单)(?:列表|清单)?(?:都|"
        rf"还)?(?:有)?(?:哪些|什么|吗|呢|多少|几个|啥|没做|没交|没写|没完成|还)*",
        forbids=READS,
        unless=rf"{REMINDS}|删|完成[^了的]|把|标|新建|创建|加|撤|恢复|打开|{DUE_ZH}",
    ),
    row(
        "tasks",
        rf"{LOOK_ZH}?第?[一二三四1-4]象限(?:里面?|中)?(?:的)?(?:都|还)?(?:任务)?(?:有)?(?:什么|哪些|啥|任务|东西|多少|几个)*",
        forbids=READS,
        unless=r"删|清|放|加|移",
    ),
    # Asking about one thing, or about a date.
    row(
        "state",
        r"^\W*(?:did i|have i|had i)(?: already)? (?:finish(?:ed)?|complete[d]?|submit(?:ted)?|hand(?:ed)? in|done?|"
        r"turn(?:ed)? in|send|sent|pa(?:y|id)|b(?:uy|ought)|return(?:ed)?|renew(?:ed)?)\b|^\W*(?:is|are)(?P<x>.+?)(?:done|"
        r"finished|completed?|submitted|due|paid|sent|mailed|bought|returned|renewed|handed in)(?: yet| already)?\W*$|"
        r"^\W*when is(?P<x2>.+?)due\W*$",
        "thing",
        forbids=READS,
        unless=r"anything|what",
    ),
    row(
        "state",
        rf"^\W*(?:我|我的)?(?P<x>.+?)(?:{DONE_ZH}|交|做|完成|做完|写完)(?:吗|没有?|了没有?|么)\W*$|^\W*(?P<x2>.+?)(?:什么时候|"
        rf"哪天|几号|何时)(?:截止|到期|要?交)\W*$",
        "thing",
        forbids=READS,
        unless=r"什么(?!时候)|哪些|删",
    ),
    row(
        "date",
        r"^\W*(?:what|which)(?: date| day| weekday)(?: of the week)?(?:'s| is| does)(?: the date| the date of| it)?(?: fall|"
        r" fall on)?\W*$|^\W*what(?: is|'s) the date(?: of| on)?\W*$|^\W*when is\W*$",
        forbids=READS,
        timed=True,
    ),
    row(
        "date",
        r"^\W*是?(?:几月几[号日]|几[号日]|星期几|周几|礼拜几|哪天|哪一天|什么日子|第几周)(?:啊|呀|呢)?\W*$",
        forbids=READS,
        timed=True,
    ),
)
