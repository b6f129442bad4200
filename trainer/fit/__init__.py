"""The fit: network, loss, schedule, loop, checkpoints."""
