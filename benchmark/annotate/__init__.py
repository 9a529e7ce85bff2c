"""Making and checking gold."""
