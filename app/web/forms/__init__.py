"""Forms made from the profile.

* How does a field become a control? `controls`; what was typed, content? `reading`
* Rows pasted from a spreadsheet: `pasting`; data items as a grid: `grid`
* What is suggested while one types? `suggestions`; what is called alike?
  `similar_entries`
"""
