"""What an answer does next: the log folded into a state, the state read into a step, the step done and committed."""
