"""The content of an entry.

* Is it valid at a stage, and how is it brought into its one form? `schema`
* Its bytes and its hash: `hashing`; its title, facts, texts, twin key: `facts`
* What may an audience see of it? `cut`
"""
