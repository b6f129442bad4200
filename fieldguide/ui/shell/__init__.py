"""The window around the pages: sidebar, drops, keys, notices and the crash dialog. Takes pages as a plain list."""
