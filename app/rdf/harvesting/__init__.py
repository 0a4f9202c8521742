"""Other bodies' catalogues, and ours as others see it.

* How is hostile RDF read? `parsing`; how is a catalogue fetched? `fetching`
* What becomes a reference entry? `reference_import`
* What trips a harvester? `pitfalls`; do we trip it? `rehearsal`
"""
