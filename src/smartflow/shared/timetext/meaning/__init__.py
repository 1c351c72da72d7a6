"""What words of time mean at a given moment, place and term, kind by kind."""
