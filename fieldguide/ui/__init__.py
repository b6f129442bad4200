"""The window: pages over a kit, a shell around them. Sees services and plain values, never torch, never SQL."""
