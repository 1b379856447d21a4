"""Random PyTorch programs against eager PyTorch: `python -m fuzz`, docs/fuzzing.md."""
