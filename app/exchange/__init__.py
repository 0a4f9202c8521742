"""What flows between agencies.

* Is the data of a database as fresh as its owner says? `freshness`
"""
