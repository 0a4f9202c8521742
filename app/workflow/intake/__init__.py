"""What a decision has settled already comes in together.

* One prepares, another confirms: `service`; rows of several kinds at once: `several`,
  what they hold: `rows`; which there are, which codes they promise:
  `queries`; the table: `models`
"""
