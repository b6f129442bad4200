"""The sheet "Eaten already?": whom to call, what to do, what to leave, and how long signs may keep away."""
