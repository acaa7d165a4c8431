"""What people fill in: fields with labels, checked by the library's own readers."""
