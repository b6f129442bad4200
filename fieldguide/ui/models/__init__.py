"""The page Models: which model answers, what it promises and cannot do; bringing, switching and removing models."""
