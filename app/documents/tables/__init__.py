"""Spreadsheets and CSV, in and out.

* How is a file read without trusting it? `sheets`; where on a sheet is the table, and
  what is no row of it? `finding`; how does a row become content?
  `rows`; what may a cell say? `cells`
* What does a column of another annex mean? `mapping`; the annex of a decision on codes:
  `code_annex`
* A whole file as proposals: `importing`; what no agency declares, beside the register:
  `reference`; search results as a table: `search_results`
* The list of codes that is signed each night: `code_list_of_day`
"""
