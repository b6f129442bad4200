"""The page History: all finds as a gallery, searched and filtered; one of them with all that was said of it."""
