"""Which memories fit a text: words, ranks and budgets over the owner's own items."""
