"""A table that an agency sent: what of it is new, what changes, and its proposals.

* What does a row say? `rows`; beside the register and the agency's own proposals?
  `comparing`
* Keeping it, doing what was ordered, going on after a stop: `service`, with `models`
"""
