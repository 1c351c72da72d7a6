"""What a model is given: rules, dialogue, work and the present moment, each within its budget."""
