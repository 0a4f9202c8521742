"""What the department does, and agencies with it.

* What waits for me: `inbox`; the department's queue: `work_queue`; something done to
  several proposals at once: `several`; several under one letter: `dossiers`
* Opinions: `consultations`, with campaigns on `asking`, asked by `department_name`;
  decisions: `decisions` with its form `decision_draft` and what is to come of it,
  `decision_outlook`; compared: `decision_comparison`; put right: `rectifications`
* Papers: `official_papers`, each kind in `paper_kinds`, for the People's Committee:
  `submission_papers`
* Reviews of everything: `campaigns`; what was decided already: `intake`,
  `intake_mapping`
* Small changes cleared together: `small_changes`; reasons at hand: `reasons`; names
  that mean the same: `synonyms`
"""
