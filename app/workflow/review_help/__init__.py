"""What helps whoever examines.

* Which proposals need care? `risks`; what was said before of the same fields?
  `earlier_findings`
* Who examines how many? `reviewers`
* Reasons kept at hand: `reasons`; their table: `models`
"""
