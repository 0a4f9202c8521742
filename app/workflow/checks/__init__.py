"""Rules that span fields or entries. The profile says what one field must be;
everything wider is here.

* Codes: `codes`; what names another entry: `references`; twins: `duplicates`
* Fields of one entry: `content`; values of a registered list: `code_lists`
* Ends of a connection, parties of its agreement: `connections`
* What does a rule read and say? `candidate`; which run, in which order? `registry`
"""
