"""The parts that controls are made of."""
