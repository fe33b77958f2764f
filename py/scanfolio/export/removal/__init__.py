"""A copy without identifying data: PS3.15 Annex E, Basic Application Level Confidentiality Profile.

`plan.py` decides, `clean.py` changes data sets, `search.py` looks for what should be gone in everything written.
"""
