"""The assistant: conversations whose log is the truth, runs that survive their process, tools that act once."""
