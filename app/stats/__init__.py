"""Statistics that cannot point at anybody: how counts of single people become numbers that everybody may read.

Pure, but for the noise itself (``noise``, which is OpenDP's). What a release promises:

1. Everybody counts at most once in a cell (a norm, a kind, a project, a period), in at most ``Plan.most`` cells of a release,
   and in one family of projects a quarter (``shares``).
2. Every cell gets noise from a discrete Gaussian once, at the leaves of the family; totals, parents and series are sums of
   the same noisy cells (``pools``).
3. A number appears only if at least k people stand behind it *and* it is so large, noise included, that its appearing
   betrays nobody (``pools.Gate``); smaller ones are pooled with their neighbours, or are not kept at all.
4. The loss of a year is bounded by a ledger (``budget``): ε and δ are those of one person's whole year.

Terms and proofs: Bun and Steinke 2016 (https://arxiv.org/abs/1605.02065, zero-concentrated differential privacy), Canonne, Kamath
and Steinke 2020 (https://arxiv.org/abs/2004.00010, the discrete Gaussian), OpenDP (https://docs.opendp.org).
"""
