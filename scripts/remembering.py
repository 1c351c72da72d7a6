"""The use case of what SmartFlow remembers, and how it forgets."""

from scripts.telling import Cut, Teller

MEMORY = ("id", "memory_type", "title", "content", "importance", "status", "sources")
HIT = ("id", "content", "score")


async def memories(told: Teller) -> None:
    """Say something, find it, forget it, and forget it for good."""
    told.case(
        "What SmartFlow remembers",
        "What you say about yourself is kept with your own words and the day on which you said them; the same words again "
        "confirm it and make no second one. Passwords and the numbers of cards, accounts and people are refused.",
    )
    short: dict[str, Cut] = {"data": MEMORY}
    said = {"memory_type": "constraint", "content": "Nothing after ten in the evening."}
    memory = (await told.ask("POST /memory/items", said, cut=short)).data["id"]
    await told.send("POST /memory/items", {"memory_type": "preference", "content": "我喜欢早上学数学"})
    await told.ask("POST /memory/items", {"memory_type": "fact", "content": "My password is correct horse"})
    told.say("Search goes by words, whatever their form:")
    await told.ask("GET /memory/search?q=evenings", cut={"data[]": HIT})
    told.say("What is deleted is out of sight at once, and may be restored for 30 days. Erasing is for good:")
    await told.ask(f"DELETE /memory/items/{memory}", cut=short)
    await told.ask(f"DELETE /memory/items/{memory}?erase=true")
    told.say("Three switches say what may be remembered and used; health, money, belief and the like only if you say so:")
    await told.ask("GET /memory/settings")
