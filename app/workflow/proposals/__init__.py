"""The life of a proposal.

* What is done to a proposal? `actions`: from where to where, what comes along, what
  must hold, what it does, who is barred, who is told; the one door: `service`
* What must hold before an action? `preconditions`; what does it do? `effects`; what
  comes with it? `inputs`; where may a proposal stand, at whose turn? `lifecycle`; how
  far has it come? `way`
* What is filled in beforehand, what is missing? `drafting`; what is kept of what was
  typed? `sanitising`
* How do two contents differ, how are three merged? `diff`; which change is small enough
  for one? `short_lane`
* Which legal bases were typed, not chosen? `typed_bases`
* Who may read which? `queries`; files that go along: `attachments`; the tables:
  `models`
"""
