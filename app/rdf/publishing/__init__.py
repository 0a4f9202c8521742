"""What harvesters get.

* The catalogue and its order: `catalogue`; in pages: `feed` (ADR 15); whole, as files:
  `dumps`
* What is made before anybody asks: `representations` (entry by entry, ADR 18),
  `file_preparation` (whole files)
* What does OAI-PMH list? `oai`; what does the change feed tell? `activities`; the
  description of all that: `void`
* The feed to practise on: `practice_feed`; who harvested what: `receipts`
* How does the triple store keep up? `store_projection`; the table of representations:
  `models`
"""
