"""What a decision has settled already comes in together.

* One prepares, another confirms: `service`; which there are, which codes they promise:
  `queries`; the table: `models`
"""
