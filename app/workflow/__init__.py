"""Proposals and their life: the one door through which anything reaches the register."""
