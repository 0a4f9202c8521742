"""Papers of the administration as DOCX and PDF.

A paper is declared as its parts (`parts`) by one module of its own; nothing else knows
what stands in it.

* How does an element look (NĐ 30/2020)? `styles`; how wide is a line, where is it
  parted? `typography`
* The decision and its annexes: `decision`; letters and notices: `letters`; what goes up
  with a draft: `submission`; slips inside the department: `examination`; the
  consolidated opinions: `opinions`; who writes and signs them: `writer`
* From parts to a file: `docx`, `docx_tables`, with what `drawing` draws; the PDF of
  that file: `pdf`
* Does the signed copy say what was frozen? `signed_copy`
"""
