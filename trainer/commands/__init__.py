"""The verbs of `fieldguide-train`, one file each: arguments in, exit status out; nothing is measured here."""
