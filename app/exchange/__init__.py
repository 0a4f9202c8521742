"""What flows between agencies, beside what the register holds of them.

* What does a connection say: who gives, who takes, does it run? `connections`
* Who has which data from where, and what is missing? `paths`
* What did an owner say of how fresh its data are? `statements`; are they? `freshness`;
  what is seen of it from outside? `probes`
* What does the shared warehouse hold? `warehouse`
* What stops with an entry, and whom does that concern? `dependents`
* What is alike in whatever is measured? `measurements`
* How much ran? `traffic`; what was declared, against what happens: `discrepancies`
"""
