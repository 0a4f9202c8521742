"""What helps whoever examines.

* Which proposals need care? `risks`; what was said before? `precedents`; who examines how many? `reviewers`
* Reasons kept at hand: `reasons`; their table: `models`
"""
