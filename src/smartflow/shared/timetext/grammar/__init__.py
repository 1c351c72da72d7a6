"""The rules: what words of time make together, whatever language each is of."""
