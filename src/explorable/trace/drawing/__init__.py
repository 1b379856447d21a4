"""What arrives in the author's function from the page, and what leaves it to be drawn."""
