"""Who people are, which posts they hold, and how they get in.

* Who may log in, for how long, with what still missing? `sessions`; how often may one
  fail? `tries`
* What is a good password, how is it kept? `passwords`; the second factor: `factors`
* What does the installation sign with? `signing_key`
* What may a program with a key do? `api_keys`; how does a link of invitation work?
  `links`
* Who holds which post when, and as whom do they act? `service`
* Who is given a post that decides, and by whom? `appointments`
* Which accounts are unused, closed, reviewed? `rights_review`
* What is forgotten when? `retention`; the tables: `models`
"""
