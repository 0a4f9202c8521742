"""How entries are written as triples and as bytes.

* Which formats are there, and how is each written? `formats`
* What does a record say of an entry: DCAT, provenance, status? `records`; as Dublin
  Core: `dublin_core`
"""
