"""Entries as linked data: record and provenance around the profile's triples, formats, catalogue, projection."""
