"""Papers of the administration as DOCX and PDF.

* How does any of them look (NĐ 30/2020)? `layout`; the decision: `decision`; an
  official letter: `official_letter`
* The consolidated table of opinions: `opinions`; all that goes up with a draft, as one
  file: `submission`; PDF: `pdf`
"""
