"""One exit to language models, and the brain that needs none."""
