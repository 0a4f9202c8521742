"""Other agencies are asked for their opinion, on a proposal or on a decision in the
making: they advise, nobody obeys.

* Asking, answering, handling, closing: `service`; what is brought: `inputs`; what may
  be said: `verdicts`
* Reminding, more time, ending early, an answer on paper, of a campaign too: `running`
* Who may read which? `queries`; the tables: `models`
"""
