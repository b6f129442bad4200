"""The window: pages on a common kit, held together by the shell. Qt lives here and nowhere below but in services."""
