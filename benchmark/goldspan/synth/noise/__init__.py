"""What a page carries besides its text, and how to remove one kind of it."""
