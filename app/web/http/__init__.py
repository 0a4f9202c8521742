"""What every request and answer goes through.

* Which installation, which session, which day is asked about? `current`
* Who may get in? `guard`; which headers go out? `headers`; which language? `language`
* Which format, which validators? `negotiation`
* Fields of several forms: `form_fields`; files out: `sending_files`, `static_files`
* What becomes of a form that came without a session? `parked`
* What does an error look like? `errors`; what is noted of a request? `request_log`
"""
