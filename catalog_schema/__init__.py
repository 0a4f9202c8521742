"""The application profile as data: kinds, fields, code lists, identifiers, and the RDF
that follows from them.
"""
