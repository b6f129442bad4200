"""What the two programs tell each other about a training: events of the trainer, decisions of a person."""
