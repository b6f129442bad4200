"""The page that turns photos into a verdict on the screen. Knows no service: photos go out, observations come in."""
