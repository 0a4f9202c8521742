"""The triple store as the register needs it (ADR 16): a few verbs, chosen by URL, one
contract suite for all.

* What is asked of a store? `port`; which is opened? `opening`
* In a folder: `embedded`; on a server of its own: `remote`
* What may a query do? `answering`; how is it asked in a child that can do nothing else?
  `asking`
* Questions to begin with: `sample_questions`
"""
