"""Entries as linked data: written (`writing`), published (`publishing`), asked
(`stores`), taken in (`harvesting`).
"""
