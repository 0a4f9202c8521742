"""What agencies owe each other's readers of the data that they share.

* Is the data of a database as fresh as its owner says? `freshness`
"""
