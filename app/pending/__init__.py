"""Pending reviews of people who ticked it: whom to ask when (``rhythm``, ``room``), what is new in an answer (``news``),
and the loop that does it (``watching``). GitHub tells nobody about them, so their writer's own token has to ask.
"""
