"""The learner's own web server, and the proof that TaskRouter called it."""
