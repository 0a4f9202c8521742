"""What the department does, and agencies with it.

* What waits for me, the queue: `work_queue`; several under one letter: `dossiers`
* Opinions: `consultations`, asked by `asker`; decisions: `decisions`, compared: `decision_comparison`
* Reviews of everything: `campaigns`; what was decided already: `intake`, `intake_mapping`
* Small changes and reasons at hand: `review_help`; names that mean the same: `synonyms`
"""
