"""How things are shown, whatever page they stand on.

* What is a state, a date, a field called? `wording`; which words and helpers do
  templates have? `templating`
* An entry in sections: `entry_sections`; two contents side by side: `diff`; long texts:
  `markdown`
* Entries named in a field: `entry_names`; where pages are: `addresses`; the menu:
  `navigation`
* Proposals in a list: `proposal_rows`; consultations: `consultation_rows`; a list as
  Atom: `atom`
* What answers first about an entry: `entry_head`; changes in few words: `changes`;
  whose turn it is: `turns`; steps: `way`; pictures: `pictures`
"""
