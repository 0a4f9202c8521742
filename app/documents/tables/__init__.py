"""Spreadsheets and CSV, in and out.

* How is a file read without trusting it? `sheets`, how its cells look: `looks`, in
  which letters they are written: `old_letters`; where on a sheet is the table, and what
  is no row of it? `finding`
* How may a column be headed? `headings`, with `headings.csv`; what may a cell name?
  `lookup`; how does a row become content? `rows`; what may a cell of CSV say? `cells`
* What the register holds as a table that comes back unchanged: `exported`
* A file that an agency sent, as its plan reads it: `uploaded`; a whole file at once:
  `importing`; the annex of a decision: `mapping`, of one on codes: `code_annex`
* Data items from `CREATE TABLE` or from a heading alone: `structure`
* What no agency declares, beside the register: `reference`; search results as a table:
  `search_results`
* The list of codes that is signed each night: `code_list_of_day`
"""
