"""What the engine itself says: to people in both languages, to models in English."""

from smartflow.shared.kernel.text import Text

CLAIM = Text(zh="更正：这次回答里没有做任何改动。", en="Correction: nothing was changed in this answer.")
CLAIM_NOTE = (
    "Your last answer said that something was changed, but no tool did it. Call the tool that does it, or say plainly that nothing "
    "was changed."
)
UNUSABLE_NOTE = "Your last answer could not be used ({where}). Answer again; give tools arguments that their schema allows."
LIMIT = Text(zh="这次回答到了上限，先停在这里。", en="This answer has reached its limit and stops here.")
CLOSED = Text(zh="我没能把这件事做对，先停在这里。", en="I could not get this right and stop here.")
DONE = Text(zh="已经做好的：{done}。", en="Done so far: {done}.")
NOTHING_DONE = Text(zh="没有做任何改动。", en="Nothing was changed.")
OPEN = Text(zh="还没有回答完的：“{words}”。可以换个说法再说一次。", en='Still open: "{words}". You can say it again in other words.')
UNCLEAR = Text(
    zh="上面的确认还在等你：{asked} 说“好”就执行，说“不”就不动。在那之前我只能查看，什么都没有改。",
    en="The confirmation above is still waiting: {asked} Say yes or no to it. Until then I only look; nothing was changed.",
)
CHANGED = Text(
    zh="你同意之后情况有变，所以还没有动手，请再看一遍。",
    en="This has changed since you were asked, so nothing was done yet. Please look again.",
)
UNKNOWN = Text(zh="没有这个工具。", en="There is no such tool.")
NOT_CHECKED = Text(
    zh="现在核对不了你同意的内容，所以没有动手，请稍后再说一次。",
    en="What you agreed to cannot be checked now, so nothing was done; please say it again later.",
)
NOT_NOW = Text(zh="现在不能用这个工具。", en="This tool cannot be used now.")
MUSING = Text(zh="正在思考……", en="Thinking ..")
