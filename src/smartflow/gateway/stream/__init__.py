"""Answers that stay open: how frames are written, and who hears of what. Ends in the live route and the chat's."""
