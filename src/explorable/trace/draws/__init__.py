"""Random numbers: every random function of torch, from Philox."""
