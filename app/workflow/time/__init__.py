"""By when something is due, and by which law.

* Which terms are there? `terms`, with `deadlines.csv`; which days are worked?
  `working_days`, with its CSV
* Whose turn is it, how much is used up? `clocks`; when is a description confirmed
  again? `confirmations`
"""
