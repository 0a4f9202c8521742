"""Approved proposals enter the register together, by a decision.

* Gathering, freezing, sending up, signing: `service`; what may follow what: `lifecycle`
* Where does a column of the annex come from? `annex`; the words around it: `text`
* What keeps a decision from being frozen? `rules`; what can no signed paper say, and
  what is asked? `signing`
* What was recorded wrongly, and days that are laid again: `rectifying`
* Which decisions are there, what does one hold? `queries`; the tables: `models`; what
  happened to one: `steps`
"""
