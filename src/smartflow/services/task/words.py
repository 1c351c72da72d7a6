"""What people say around a thing to remember, in Chinese and English: regular expressions, as data."""

from typing import Final

# Before and after the thing itself: commands and courtesies, which are no part of its title.
BEFORE: Final = (
    r"(?:请|麻烦|拜托)?(?:你)?(?:帮我|给我|替我)?(?:提醒一下我|提醒我一下|提醒我|记得提醒我|记得|别忘了|不要忘了|别忘记|记一下|记下来|记下)",
    r"(?:请|麻烦)?(?:帮我|给我)?(?:新建|添加|新增|创建|加)(?:一个|一条|个)?(?:任务|待办|提醒)",
    r"(?:我)?(?:需要|必须|得(?!到|出|分|罪)|要(?!求|点|害|是|么|素)|应该|打算)",
    r"请(?!假|客|教|求|帖|愿)|的|那个|是(?!否|不是)",
    r"(?:please |pls |can you |could you |hey )*(?:remind me(?: to| about| of| that)?|do not forget to|don't forget to|remember to)\b",
    r"(?:i |we )?(?:need to|have to|want to|must|should|ought to|gotta|'ve got to|have got to)\b",
    r"(?:add|create|make|new)(?: a| an)?(?: new)? (?:task|todo|to-do|reminder)(?: to| for| about)?\b",
    r"(?:todo|to-do|to do|task|note to self|reminder|任务|待办|提醒)(?= ?[:：])",
    r"(?:please|pls|and|then)\b|to(?= )",
)
AFTER: Final = (
    r"(?:记得|到时候|请|到时)?提醒(?:一下)?我(?:一下)?|提醒一下|别忘了|不要忘了|谢谢|拜托",
    r"\b(?:please|pls|thanks|thank you|remind me)",
)
# What is left hanging where a time was cut out.
HANGING: Final = r"(?:^|\s)(?:is|are|to|at|by|until|from|of|and)|(?:是|在|于)"
# What a person says of importance and urgency; the first that fits counts.
CALM: Final = (
    r"不急|不着急|不紧急|有空(?:时|再|的时候)|有时间再|闲的时候"
    r"|no rush|not urgent|no hurry|whenever|someday|some day|when i have time|low priority"
)
MINOR: Final = r"不重要|不太重要|unimportant|not important|minor"
URGENT: Final = r"紧急|十万火急|加急|尽快|马上|立刻|立即|赶紧|\basap\b|\burgent(?:ly)?\b|\bimmediately\b|right away"
IMPORTANT: Final = r"重要|关键|\bimportant\b|\bcrucial\b|high priority"
