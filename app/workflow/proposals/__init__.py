"""The life of a proposal.

* What may follow which status? `lifecycle`; the one door, and four eyes: `service`
* What must hold before an action? `preconditions`; what does it do? `effects`; what
  comes with it? `inputs`
* What is filled in beforehand, what is missing? `drafting`; what is kept of what was
  typed? `sanitising`
* How do two contents differ, how are three merged? `diff`; which change is small enough
  for one? `short_lane`
* Who may read which? `queries`; files that go along: `attachments`; the tables:
  `models`
"""
