"""What the window asks for, done off its thread: plain values in, signals out. QtCore only."""
