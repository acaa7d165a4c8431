"""One screen each; screens do not import each other."""
