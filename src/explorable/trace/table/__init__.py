"""Decompositions: operations of torch by those that the compiler has."""
