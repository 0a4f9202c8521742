"""Proposals that an agency sends together under one official letter.

* Sending, examining, approving them together: `service`; which there are: `queries`;
  the table: `models`
"""
