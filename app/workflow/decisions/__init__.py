"""Approved proposals enter the register together, by a decision.

* Gathering, freezing, sending up, signing: `service`; what may follow what: `lifecycle`
* Where does a column of the annex come from? `annex`
* Which decisions are there, what does one hold? `queries`; the table: `models`
"""
