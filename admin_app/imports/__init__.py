"""What the import workbench shows and asks, between the library and the page."""
