"""Tuning by evidence: what settings would have done with a history of scores, and what share of it would be right. Pure."""
