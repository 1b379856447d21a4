"""What would be fixed while tracing without a word: who sees it, and what the author is told."""
