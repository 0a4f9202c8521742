"""An agency's proposal, from its beginning to the page where it is judged.

* How does one begin? `start`, or many at once from a file: `bulk_upload`,
  seen before anything happens in `upload_preview`
* Filling in: `sections`; all of them, and sending: `draft`; the register has moved on:
  `merge`; files: `attachments`
* Judging it: `review`, with what stands in its `bar`; a legal basis that was typed:
  `linking`; what a succession will move: `succession_impact`
"""
