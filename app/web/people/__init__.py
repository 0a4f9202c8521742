"""Getting in, one's own account, and those of others.

* `log_in`, its further steps `login_steps`, the cookie `session_cookie`; one's account:
  `own_account`; `notices`
* People and posts: `people_and_posts`; the review of rights: `rights_review`; settings
  and state: `operations`; what was done: `journal_log`
"""
