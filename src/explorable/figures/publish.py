"""Spec, stills, files: a verified group as the Bundle that hosts write."""
