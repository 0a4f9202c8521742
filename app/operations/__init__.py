"""What keeps an installation running, whatever it registers.

* What does a service need of the installation? `installation`, which also opens the
  register for a request
* Who follows the journal? `follower`; how does the server run and stop? `serving`
* Does what is kept agree with what was said of it? `audits`
* What did somebody do, and when? `acts`
* When does it not start, when is it not ready? `health`
* What is in a backup, how does it come back? `backup`; how does a register move to
  another database? `copying`
"""
