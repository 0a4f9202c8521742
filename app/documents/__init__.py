"""Papers that the administration signs (`papers`), and tables that go in and out as
spreadsheets (`tables`).
"""
