"""Completing, opening again, deleting, taking back."""

from smartflow.services.llm.offline.frames.frame import ACTS, ASK, ASK_ZH, DONE_ZH, REMINDS, Frame, row

CHANGING: tuple[Frame, ...] = (
    # Completing.
    row(
        "complete",
        rf"{ASK}(?:i|we)(?:'ve| have)?(?: just| already| finally)? (?:finished|completed|done|did|submitted|handed in|turned in|"
        rf"sent|bought|paid|returned|renewed|called|emailed|got done|am done|wrapped up)(?: with)?\b|^\W*(?:i'm|i am|"
        rf"we're)?(?: all)? ?(?:done|finished) with\b|^\W*(?:just |already )?(?:finished|completed|submitted|handed in|"
        rf"turned in)\b",
        "thing",
        unless=REMINDS,
    ),
    row(
        "complete",
        r"^\W*(?P<x>.+?)(?:'s| is| are| has been| got| was)(?: all| already| now| finally)* (?:done|paid|sent|mailed|bought|"
        r"returned|renewed|written|finished|complete|completed|"
        r"submitted|handed in|over with)\W*$|^\W*(?P<x2>.+?)\W+(?:done|finished|completed)\W*$",
        "thing",
        unless=REMINDS + r"|^\W*(?:mark|what|which|set|get|show|list)\b",
    ),
    row(
        "complete",
        rf"{ASK}(?:mark|set|flag)(?P<x>.+?)(?:as |to |off as )?(?:done|finished|completed?)\W*$|{ASK}(?:check|tick|"
        rf"cross) off\b|{ASK}(?:check|tick|cross)(?P<x2>.+?)off\W*$",
        "thing",
        unless=REMINDS + r"|not (?:yet )?(?:done|finished|complete)",
    ),
    row("complete", rf"{ASK}complete\b(?P<x>.+)", "thing", timed=False, unless=REMINDS),
    row(
        "complete",
        rf"{ASK_ZH}(?:把|将)?(?:(?:我|今天|刚刚?|已经|我们|终于)*)(?P<x>.+?){DONE_ZH}[啦哦呀吧。!]*\W*$",
        "thing",
        unless=REMINDS + r"|[别不没]|吗|吧了|删|取消|撤|帮|替|给我|(?<!我)(?<!已经)(?<!终于)(?<!刚刚)(?<!刚)[把将](?!.*完成[掉了])",
    ),
    row(
        "complete",
        rf"{ASK_ZH}(?:把|将)(?P<x>.+?)(?:标记?(?:为|成)?|设为|设成|改成|改为|打上?|勾选?(?:上|掉)?|划掉|弄成)(?:已经?)?(?:完成|"
        rf"做完|勾|掉|好)?(?:了)?\W*$",
        "thing",
        unless=REMINDS + r"|未完成|没完成",
    ),
    row(
        "complete",
        rf"{ASK_ZH}(?:我|刚刚?|已经|终于)*(?:做完|写完|交|完成|搞定|办完|买|弄完|提交|看完|读完)(?:掉)?了(?P<x>.+)|"
        rf"{ASK_ZH}(?:标记(?P<x2>.+?)(?:为|成)?(?:已)?完成|勾掉|划掉|勾选|打勾)",
        "thing",
        unless=REMINDS,
    ),
    row("complete", rf"{ASK_ZH}完成(?!了)(?P<x>.+)", "thing", timed=False, unless=REMINDS + r"|什么|哪"),
    # Reopening.
    row(
        "reopen",
        rf"{ASK}(?:reopen|re-open|uncheck|untick|uncomplete)\b|{ASK}mark(?P<x>.+?)as (?:not (?:yet )?(?:done|finished|"
        rf"complete)|undone|open|incomplete|unfinished)\W*$",
        "thing",
        unless=r"remind",
        forbids=ACTS,
    ),
    row(
        "reopen",
        rf"{ASK_ZH}(?:重新打开|重新开启|重开|恢复|取消完成)|{ASK_ZH}(?:把|将)(?P<x>.+?)(?:重新打开|重开|恢复(?:成?未完成)?|"
        rf"(?:改回|标(?:记)?(?:为|成|回)|设为|设成|改成|改为)(?:未完成|没完成))",
        "thing",
        unless=REMINDS,
    ),
    # Deleting.
    row(
        "delete_all",
        r"\b(?:delete|remove|clear|drop|erase)\b (?:out )?(?:everything|all(?: of)?(?: the| my)?(?: tasks?| items?| things?|"
        r" to-?dos?)?|every task|the whole|whatever is)?\s*(?:that is |that are )?(?:in|from|"
        r"of)?\s*(?:the )?(?:quadrant (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth|1st|2nd|3rd|4th) quadrant)",
        unless=REMINDS,
    ),
    row(
        "delete_all",
        r"\b(?:delete|remove|clear|erase)\b (?:everything|all(?: of)?(?: the| my)?(?: open| completed| finished|"
        r" done)?(?: tasks?| to-?dos?)|every(?: single)? (?:task|to-?do))(?: on my list| i have)?",
        unless=REMINDS,
    ),
    row(
        "delete_all",
        rf"{ASK_ZH}(?:把|将)?(?:删除?掉?|清空|清除|移除)?(?:掉|了)?第?[一二三四1-4]象限(?:里面?|中)?的?(?:所有|全部|"
        rf"一切)?的?(?:任务|东西|事情?|待办)?(?:都|全部?|统统|全都)?(?:给我)?(?:删除?|清空|清除|移除)?(?:掉|了|光)*",
        unless=REMINDS,
    ),
    row(
        "delete_all",
        rf"{ASK_ZH}(?:把|将)?(?:删除?掉?|清空|清除|移除)?(?:我的)?(?:所有|全部)的?(?:已经?完成的?|没?做?完的)?(?:任务|待办|"
        rf"东西)(?:都|全部?|统统|全都)?(?:给我)?(?:删除?|清空|清除|移除)?(?:掉|了|光)*",
        unless=REMINDS,
    ),
    row(
        "delete",
        rf"{ASK}(?:delete|remove|erase|get rid of|throw out|drop|scrap|trash)\b|{ASK}cancel\b(?=.*\btask\b)",
        "thing",
        unless=REMINDS + r"|\b(?:all|everything|every)\b|off\b",
    ),
    row(
        "delete",
        rf"{ASK_ZH}(?:删了|删除?掉?|移除|去掉|清掉|删去|取消)(?:一下)?(?!完成)|{ASK_ZH}(?:把|将)?(?P<x>.+?)(?:给我|可以|"
        rf"给)*(?:删除?掉?|删了|移除|去掉|清掉|取消掉?)(?:了|吧|一下)*\W*$",
        "thing",
        unless=REMINDS + r"|所有|全部|一切|象限|撤",
    ),
    # Taking back.
    row(
        "undo",
        rf"{ASK}(?:undo|take back|revert|roll back|reverse)(?: that| it| this| the last(?: one| thing| change| action| step)?|"
        rf" my last(?: change| action)?| what you (?:just )?did| the (?:change|action))?(?: back)?\W*$|{ASK}(?:take|"
        rf"put) (?:that|it) back\W*$",
    ),
    row(
        "undo",
        rf"{ASK_ZH}(?:撤销|撤回|回退|反悔|撤消)(?:掉|一下)?(?:刚才|刚刚|上一?[步次个]|上面|最近|最后)?(?:的|那个|那步|一?次|"
        rf"一步)*(?:操作|动作|修改|改动|更改|删除|添加|完成|创建)?(?:吧|了)?\W*$|{ASK_ZH}(?:把)?(?:刚才|刚刚|上一步|上次)(?:的|"
        rf"那个)?(?:操作|动作|"
        rf"修改|改动)?(?:撤销|撤回|撤消|取消)(?:掉|了|吧|一下)*\W*$",
    ),
)
