"""Pages that anybody reads: `home`, `search`, `agencies`, `standards`, `downloads`,
`profile`, `guide`.

* An entry and its addresses: `entry`, with `timeline` and `validity`; what changed
  between two days, and versions: `changes`
* What does this code lead to? `code_lookup`
"""
