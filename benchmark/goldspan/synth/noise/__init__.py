"""What a page carries beside its text, and taking one kind of it out."""
