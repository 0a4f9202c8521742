"""The register itself: entries, their versions and the periods for which they hold.
Only what was entered is here.

* What do entering, suspending, ending do? `service`; the tables: `models`
* For which days does a version hold? `periods`; how does an entry stand at a moment?
  `standing`
* How does the thing itself stand on a day, a law that was repealed, a code that was
  closed? `conditions`; which version does somebody go on from? `latest_versions`
* How is the register asked? `queries`, with `statements` made once, narrowed by
  `filters`; addresses: `arguments`
* What is valid content, what of it may somebody see? `content`
* What does a code lead to? `codes`; which code comes next? `numbering`; the agencies of
  a day as a tree: `tree`
* How do people write an agency's name? `agency_names`
* What is still undetermined, whose is it? `unknowns`
* Who names whom? `references`; what becomes of that when an agency goes? `reassignment`
* What changed between two days? `changes`
"""
