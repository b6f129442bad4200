"""The page Train: from folders of photos to a model, without a command line."""
