"""The words of time, one file of data per language."""
