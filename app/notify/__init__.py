"""Who is told what, and how it reaches them.

* Who is told of which action? `notices`; whom does it concern that something stops?
  `stopped`; who is reminded of a day? `reminders`
* What is new in a kept search? `searches`
* Which letters are written? `letters`; how do they go out? `mail`; what is kept of all
  that? `models`
"""
