"""From what an agency proposes to what a decision promulgates.

* One proposal, the one door: `proposals`; rules that span fields or entries: `checks`
* Together under a letter: `dossiers`; opinions of others: `consultations`; promulgated:
  `decisions`
* A review of everything: `campaigns`; what was decided already: `intake`; a table that
  an agency sent: `uploads`; help for who examines: `review_help`
* What is an action, for whatever it is done to? `life`
* Who acts where? `context`; how does this office work? `office`; what floors above add:
  `entering_hook`
* By when, by which law? `time`; who stands in? `delegation`; what moves in a
  succession? `reassignment`
"""
