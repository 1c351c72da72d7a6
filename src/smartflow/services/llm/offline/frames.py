"""The intents, as data: the verbs and nouns of each in both languages, what it leaves open, and what forbids it.

In a pattern the group `x` is what the words leave open; what else they match counts as understood. Time words are
blanked before these patterns are tried, so a row sees the sentence without them.
"""

import re
from typing import Literal, TypeAlias

from msgspec import Struct

Intent: TypeAlias = Literal["capture", "complete", "reopen", "delete", "delete_all", "undo", "range", "due", "tasks", "state", "date"]
Forbids: TypeAlias = frozenset[Literal["negation", "condition", "report", "question"]]

ACTS: Forbids = frozenset({"negation", "condition", "report", "question"})
READS: Forbids = frozenset({"condition", "report"})
WRITING = frozenset({"capture", "complete", "reopen", "delete", "delete_all", "undo"})


class Frame(Struct, frozen=True):
    """A row: an intent, how it is said, what stays open (a thing's name, a title, or nothing), what forbids it."""

    intent: Intent
    says: re.Pattern[str]
    slot: Literal["thing", "title", ""] = ""
    forbids: Forbids = ACTS
    unless: re.Pattern[str] | None = None
    timed: bool | None = None
    explicit: bool = True


def _row(intent: Intent, says: str, slot: Literal["thing", "title", ""] = "", **more: object) -> Frame:
    unless = more.pop("unless", None)
    pattern = re.compile(str(unless)) if unless else None
    return Frame(intent, re.compile(says), slot, unless=pattern, **more)  # type: ignore[arg-type]


_ASK = r"^\W*(?:please |pls |hey |hi |ok |so |now |also |then |and |just |can you |could you |would you |will you |i want to |i'd like to |i want you to |let's |go ahead and )*"
_ASK_ZH = r"^\W*(?:请你?|麻烦你?|帮我|给我|替我|帮忙|你|能不能|可不可以|可以|能|然后|另外|还有|顺便|再|那就?|好的?|我想|我要|现在|先)*"
_TODO = r"(?:tasks?|to-?dos?|reminders?)"
_REMINDS = r"remind|提醒|记得|别忘|记[一]?下|添加|\badd\b|记录|to-?do:"
VERB_EN = (
    r"(?:submit|hand in|turn in|send|email|e-mail|mail|call|phone|text|message|write|finish|complete|do|prepare|buy|get|pick up|"
    r"pay|book|reserve|renew|return|read|review|study|revise|practi[cs]e|clean|wash|fix|print|register|sign up|apply|meet|visit|"
    r"see|attend|go to|take|bring|cook|order|check|update|upload|download|install|cancel|make|draft|edit|proofread|"
    r"reply|respond|ask|talk to|organi[sz]e|pack|water|feed|collect|deliver|drop off|back up|start|work on|learn|contact|file|fill (?:in|out)|join)"
)
VERB_ZH = (
    r"(?:提?交|买|写|做|取|拿|寄|还|看|读|复习|预习|打|给|发|完成|准备|参加|开|面试|约|预约|预订|报名|报|缴|付|洗|修|整理|背|练|跑|订|查|问|找|联系|考|带|接|送|更新|续|办|去|回复|打印|填|申请|领|换|上交|见|学|跟|和|陪)"
)
_DONE_ZH = r"(?:(?:已经|都|终于|刚刚?)?(?:交|做完|写完|弄完|搞定|完成|办完|办好|做好|写好|看完|读完|买|交上去|提交|寄出?|还|打完|取|缴|付|发|复习完|背完|整理完|搞完|弄好|处理完|续|订好?)(?:好|完)?[了啦]|(?:已|已经)完成)"
_WHAT_ZH = r"(?:有没有|有什么|有哪些|有啥|有几节|都?有些什么|什么|哪些|啥|有)"
_ON_ZH = r"(?:安排|日程|课程表|课表|课程|课|活动|事情?|计划|行程)"
_LOOK_ZH = r"(?:看看?|查看?|查一?下|看一下|告诉我|列出|显示|说说|列一下|瞧瞧)"
_DUE_ZH = r"(?:要交|该交|截止|到期|要做|要完成|得交|需要交)"
_TASK_ZH = r"(?:任务|待办(?:事项)?|作业|ddl)"

FRAMES: tuple[Frame, ...] = (
    # Capture, said outright.
    _row("capture", rf"{_ASK}(?:set a reminder|remind me)(?: to| about| of| that| for)?\b|\b(?:and |, ?)?remind me(?: about (?:it|that))?\W*$", "title"),
    _row("capture", rf"{_ASK}(?:add|create|make|set up|new)(?: me)?(?: an?| the| another| some)?(?: new)? {_TODO}\b\s*(?:to|called|named|for|that|:)*", "title"),
    _row("capture", rf"{_ASK}add\b(?:(?P<x>.+?)(?:\s(?:to|on) (?:my |the )?(?:to-?do )?(?:list|tasks?)\W*$)|\s*:?)", "title"),
    _row("capture", rf"{_ASK}(?:note(?: down)?(?: that)?|write down|jot down|keep in mind|put down|don't (?:let me )?forget(?: to| about)?|do not forget(?: to)?|remember to|to-?do:|new task:)", "title", unless=r"\bnote down what\b"),
    _row("capture", rf"{_ASK}(?:i|we)(?: still| really|'ve| also)? (?:need to|have to|have got to|got to|must|should|gotta)\b", "title", timed=True, explicit=False),
    _row("capture", rf"{_ASK_ZH}(?:记得|别忘了?)?(?:提醒(?:一下)?我(?:一下)?|提醒(?:一下)?|(?:千万)?(?:别|不要)忘(?:了|记)?|记得)|[,，]?(?:记得)?提醒(?:一下)?我(?:一下|一声)?\W*$", "title"),
    _row("capture", rf"{_ASK_ZH}(?:添加|新建|新增|创建|加|建|增加|记)(?:上|入)?(?:[一两二三四五六七八九十]?[个条项])?(?:新的?)?(?:任务|待办(?:事项)?|提醒|事)\s*[::]?\s*(?:叫|是)?", "title"),
    _row("capture", rf"{_ASK_ZH}(?:记(?:一?下来?|录)(?:一下)?|添加|新增|待办[::]|任务[::]|加上)\s*[::]?", "title"),
    _row("capture", rf"{_ASK_ZH}把(?P<x>.+?)(?:加到|加入|加进|放到|放进|记到|记进|添加到)(?:我的)?(?:任务|待办|清单|列表|任务池)(?:清单|列表|事项)?(?:里面?|中)?", "title"),
    _row("capture", rf"{_ASK_ZH}我?(?:们)?(?:还)?(?:要|得|需要|必须)(?!求|不|是|紧)|(?:要|得|需要|必须)(?={VERB_ZH})", "title", explicit=False, timed=True, unless=r"要什么|什么|要不要|重要|删|标记|撤|恢复"),
    # Capture, a bare imperative with a time.
    _row("capture", rf"{_ASK}(?P<x>{VERB_EN}\b.+)", "title", timed=True, explicit=False),
    _row("capture", rf"^\W*(?P<x>{VERB_ZH}.+)", "title", timed=True, explicit=False, unless=_DONE_ZH + r"|把|所有|全部|课表|课程表|日程|安排|什么|哪些|删|撤"),
    # Completing.
    _row("complete", rf"{_ASK}(?:i|we)(?:'ve| have)?(?: just| already| finally)? (?:finished|completed|done|did|submitted|handed in|turned in|sent|bought|paid|returned|renewed|called|emailed|got done|am done|wrapped up)(?: with)?\b|^\W*(?:i'm|i am|we're)?(?: all)? ?(?:done|finished) with\b|^\W*(?:just |already )?(?:finished|completed|submitted|handed in|turned in)\b", "thing", unless=_REMINDS),
    _row("complete", r"^\W*(?P<x>.+?) (?:is|are|has been|got|was)(?: all| already| now| finally)* (?:done|finished|complete|completed|submitted|handed in|over with)\W*$|^\W*(?P<x2>.+?)\W+(?:done|finished|completed)\W*$", "thing", unless=_REMINDS + r"|^\W*(?:mark|what|which|set|get|show|list)\b"),
    _row("complete", rf"{_ASK}(?:mark|set|flag)(?P<x>.+?)(?:as |to |off as )?(?:done|finished|completed?)\W*$|{_ASK}(?:check|tick|cross) off\b|{_ASK}(?:check|tick|cross)(?P<x2>.+?)off\W*$", "thing", unless=_REMINDS + r"|not (?:yet )?(?:done|finished|complete)"),
    _row("complete", rf"{_ASK}complete\b(?P<x>.+)", "thing", timed=False, unless=_REMINDS),
    _row("complete", rf"{_ASK_ZH}(?:把|将)?(?:(?:我|今天|刚刚?|已经|我们|终于)*)(?P<x>.+?){_DONE_ZH}[啦哦呀吧。!]*\W*$", "thing", unless=_REMINDS + r"|[别不没]|吗|吧了|删|取消|撤"),
    _row("complete", rf"{_ASK_ZH}(?:把|将)(?P<x>.+?)(?:标记?(?:为|成)?|设为|设成|改成|改为|打上?|勾选?(?:上|掉)?|划掉|弄成)(?:已经?)?(?:完成|做完|勾|掉|好)?(?:了)?\W*$", "thing", unless=_REMINDS + r"|未完成|没完成"),
    _row("complete", rf"{_ASK_ZH}(?:我|刚刚?|已经|终于)*(?:做完|写完|交|完成|搞定|办完|买|弄完|提交|看完|读完)(?:掉)?了(?P<x>.+)|{_ASK_ZH}(?:标记(?P<x2>.+?)(?:为|成)?(?:已)?完成|勾掉|划掉|勾选|打勾)", "thing", unless=_REMINDS),
    _row("complete", rf"{_ASK_ZH}完成(?!了)(?P<x>.+)", "thing", timed=False, unless=_REMINDS + r"|什么|哪"),
    # Reopening.
    _row("reopen", rf"{_ASK}(?:reopen|re-open|uncheck|untick|uncomplete)\b|{_ASK}mark(?P<x>.+?)as (?:not (?:yet )?(?:done|finished|complete)|undone|open|incomplete|unfinished)\W*$", "thing", unless=r"remind", forbids=ACTS),
    _row("reopen", rf"{_ASK_ZH}(?:重新打开|重新开启|重开|恢复|取消完成)|{_ASK_ZH}(?:把|将)(?P<x>.+?)(?:重新打开|重开|恢复(?:成?未完成)?|(?:改回|标(?:记)?(?:为|成|回)|设为|设成|改成|改为)(?:未完成|没完成))", "thing", unless=_REMINDS),
    # Deleting.
    _row("delete_all", r"\b(?:delete|remove|clear|drop|erase)\b (?:out )?(?:everything|all(?: of)?(?: the| my)?(?: tasks?| items?| things?| to-?dos?)?|every task|the whole|whatever is)?\s*(?:that is |that are )?(?:in|from|of)?\s*(?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth|1st|2nd|3rd|4th) quadrant)", unless=_REMINDS),
    _row("delete_all", r"\b(?:delete|remove|clear|erase)\b (?:everything|all(?: of)?(?: the| my)?(?: open| completed| finished| done)?(?: tasks?| to-?dos?)|every(?: single)? (?:task|to-?do))(?: on my list| i have)?", unless=_REMINDS),
    _row("delete_all", rf"{_ASK_ZH}(?:把|将)?(?:删除?掉?|清空|清除|移除)?(?:掉|了)?第?[一二三四1-4]象限(?:里面?|中)?的?(?:所有|全部|一切)?的?(?:任务|东西|事情?|待办)?(?:都|全部?|统统|全都)?(?:给我)?(?:删除?|清空|清除|移除)?(?:掉|了|光)*", unless=_REMINDS),
    _row("delete_all", rf"{_ASK_ZH}(?:把|将)?(?:删除?掉?|清空|清除|移除)?(?:我的)?(?:所有|全部)的?(?:已经?完成的?|没?做?完的)?(?:任务|待办|东西)(?:都|全部?|统统|全都)?(?:给我)?(?:删除?|清空|清除|移除)?(?:掉|了|光)*", unless=_REMINDS),
    _row("delete", rf"{_ASK}(?:delete|remove|erase|get rid of|throw out|drop|scrap|trash)\b|{_ASK}cancel\b(?=.*\btask\b)", "thing", unless=_REMINDS + r"|\b(?:all|everything|every)\b|off\b"),
    _row("delete", rf"{_ASK_ZH}(?:删除?掉?|删了|移除|去掉|清掉|删去|取消)(?:一下)?(?!完成)|{_ASK_ZH}(?:把|将)?(?P<x>.+?)(?:给我|可以|给)*(?:删除?掉?|删了|移除|去掉|清掉|取消掉?)(?:了|吧|一下)*\W*$", "thing", unless=_REMINDS + r"|所有|全部|一切|象限"),
    # Taking back.
    _row("undo", rf"{_ASK}(?:undo|take back|revert|roll back|reverse)(?: that| it| this| the last(?: one| thing| change| action| step)?| my last(?: change| action)?| what you (?:just )?did| the (?:change|action))?(?: back)?\W*$|{_ASK}(?:take|put) (?:that|it) back\W*$"),
    _row("undo", rf"{_ASK_ZH}(?:撤销|撤回|回退|反悔|撤消)(?:掉|一下)?(?:刚才|刚刚|上一?[步次个]|上面|最近|最后)?(?:的|那个|那步|一?次|一步)*(?:操作|动作|修改|改动|更改)?(?:吧|了)?\W*$|{_ASK_ZH}(?:把)?(?:刚才|刚刚|上一步|上次)(?:的|那个)?(?:操作|动作|修改|改动)?(?:撤销|撤回|撤消|取消)(?:掉|了|吧|一下)*\W*$"),
    # Looking.
    _row("range", r"(?:what(?:'s| is| are|s)|anything|is there anything|do i have anything|whats)\s*(?:up |happening |planned |scheduled |on (?:my )?(?:schedule|calendar|timetable|agenda|plate)|on\b|coming up\b)+", forbids=READS),
    _row("range", r"what (?:do|have|will) i (?:have|got|be doing)(?: to do)?(?: on| going on| planned| scheduled)*|what (?:does|will) my (?:day|week|schedule) look like|what (?:is|'s) my (?:day|week|schedule|timetable|agenda)(?: like)?|how does my (?:day|week) look", forbids=READS),
    _row("range", r"(?:(?:show|tell|give|list|see|view|check)(?: me)?|what(?:'s| is| are)|open|look at)?\s*(?:all )?(?:my |the |today's |tomorrow's )*(?:schedule|timetable|calendar|agenda|classes|courses|lectures|lessons)\b(?: look like| do i have| are there| are on| for)*", forbids=READS),
    _row("range", r"(?:what|which|any|how many|do i have|are there)(?: any)? (?:classes|class|courses|lectures|lessons|events|blocks)(?: do i have| are there| are on| have i got| is it)?", forbids=READS),
    _row("range", r"what(?:'s| is| comes?)(?: up)? next\b(?: on my schedule| for me)?|(?:what|when|where) is (?:my )?next (?:class|course|lecture|lesson|block|thing)|what is (?:my |the )?next\b|(?:my )?next (?:class|lecture|lesson)\b", forbids=READS),
    _row("range", rf"{_LOOK_ZH}?(?:我|我们)*(?:的)?(?:都|还)?{_WHAT_ZH}?(?:的)?{_ON_ZH}(?:要上|要做|吗|呢|么|是什么|是啥|有哪些|有什么|怎么样|多吗|要干)*(?:要上|要做)?", forbids=READS, unless=rf"删|导入|怎么导|撤|{_REMINDS}|把|新建|(?<!安)排|挪"),
    _row("range", rf"{_LOOK_ZH}?(?:我)?(?:都|还)?(?:要|该|得)?(?:干什么|干嘛|干啥|做什么|做啥|上什么课?|忙什么|忙啥)|(?:有什么|有啥)\W*$", forbids=READS),
    _row("range", r"(?:我)?(?:下一?[节个门]课?|接下来|下一?个安排|下一项|下面)(?:的?课|的?安排|的?日程)?(?:是|有|要|在|上|做)*(?:什么课?|哪里?|哪儿|几点|啥|干什么|干嘛|什么时候|安排)*", forbids=READS, unless=r"删|提醒|撤"),
    _row("due", r"(?:what(?:'s| is| are|s| do i have)?|anything|which|show(?: me)?|list|is there anything|which tasks (?:are|is)|what tasks (?:are|is)|what (?:tasks|assignments|deadlines)(?: are| do i have| is)?)\s*(?:that(?:'s| is| are)? |tasks? |things? )*due\b|(?:what|which)?\s*(?:are )?(?:my |the |any )?(?:upcoming )?deadlines?\b(?: do i have| are there| are)?(?: coming up)?|what (?:do i (?:have|need) to|must i|should i) (?:submit|hand in|turn in|finish|do)|what (?:do i need|have i) to do", forbids=READS),
    _row("due", rf"{_LOOK_ZH}?(?:我)?(?:还|都)?{_WHAT_ZH}?(?:的)?{_TASK_ZH}?(?:是)?{_DUE_ZH}(?:的|什么|哪些|啥)*(?:{_TASK_ZH})?(?:有)?(?:哪些|什么|吗|呢|有哪些|有什么|啥)*", forbids=READS, unless=rf"{_REMINDS}|删|完成了|把"),
    _row("tasks", rf"(?:(?:show|list|tell|give|see|view)(?: me)?|what(?:'s| is| are|s)|which|what|do i have|are there|how many)\s*(?:all |of |my |the |any |open |unfinished |remaining |completed |finished |done |urgent |left |other )*(?:{_TODO}|to-?do list|task list|task pool)\b(?: do i have| are there| have i got| are (?:open|left|done)| left| open)*(?:\s*in (?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth) quadrant))?", forbids=READS, unless=r"\bdue\b|delete|remove"),
    _row("tasks", r"(?:(?:show|list|tell|give)(?: me)?|what(?:'s| is| are|s)|what do i have)\s*(?:everything |all |tasks? |there )*in (?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth) quadrant)", forbids=READS),
    _row("tasks", rf"{_LOOK_ZH}?(?:一下)?(?:我)?(?:的)?(?:现在|目前|还|都)*{_WHAT_ZH}?(?:的)?(?:所有|全部|未完成|没完成|没做完|已完成|完成了|做完了|紧急|重要)*(?:的)?(?:任务|待办(?:事项)?|任务列表|任务清单|待办清单)(?:列表|清单)?(?:都|还)?(?:有)?(?:哪些|什么|吗|呢|多少|几个|啥|没做|没完成)*", forbids=READS, unless=rf"{_REMINDS}|删|完成[^了的]|把|标|新建|创建|加|撤|恢复|打开|{_DUE_ZH}"),
    _row("tasks", rf"{_LOOK_ZH}?第?[一二三四1-4]象限(?:里面?|中)?(?:的)?(?:都|还)?(?:任务)?(?:有)?(?:什么|哪些|啥|任务|东西|多少|几个)*", forbids=READS, unless=r"删|清|放|加|移"),
    # Asking about one thing, or about a date.
    _row("state", r"^\W*(?:did i|have i|had i)(?: already)? (?:finish(?:ed)?|complete[d]?|submit(?:ted)?|hand(?:ed)? in|done?|turn(?:ed)? in|send|sent|pa(?:y|id)|b(?:uy|ought)|return(?:ed)?|renew(?:ed)?)\b|^\W*(?:is|are)(?P<x>.+?)(?:done|finished|completed?|submitted)(?: yet| already)?\W*$|^\W*when is(?P<x2>.+?)due\W*$", "thing", forbids=READS, unless=r"anything|what"),
    _row("state", rf"^\W*(?:我|我的)?(?P<x>.+?)(?:{_DONE_ZH}|交|做|完成|做完|写完)(?:吗|没有?|了没有?|么)\W*$|^\W*(?P<x2>.+?)(?:什么时候|哪天|几号|何时)(?:截止|到期|要?交)\W*$", "thing", forbids=READS, unless=r"什么(?!时候)|哪些|删"),
    _row("date", r"^\W*(?:what|which)(?: date| day| weekday)(?: of the week)?(?:'s| is| does)(?: the date| the date of| it)?(?: fall| fall on)?\W*$|^\W*what(?: is|'s) the date(?: of| on)?\W*$|^\W*when is\W*$", forbids=READS, timed=True),
    _row("date", r"^\W*是?(?:几月几[号日]|几[号日]|星期几|周几|礼拜几|哪天|哪一天|什么日子|第几周)(?:啊|呀|呢)?\W*$", forbids=READS, timed=True),
)
