"""An agency's proposal, from its beginning to the page where it is judged.

* How does one begin? `start`, or many at once from a file: `bulk_upload`
* Filling in and sending: `draft`; the register has moved on: `merge`; files:
  `attachments`
* Judging it: `review`; what a succession will move: `succession_impact`
"""
