"""PyTorch functions as live figures for static pages."""
