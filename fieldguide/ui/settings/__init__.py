"""The page Settings: how it looks, where one is, what it computes with, where the data lies, and what all this is."""
