"""What stands in place of torch's and NumPy's own Python, where that looks at values."""
