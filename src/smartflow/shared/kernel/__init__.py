"""The words that every part speaks: ids, clock, call, refusal, text and codec. No I/O."""
