"""The engines behind `app.search.port`; nothing but `opening` names them.

* `whoosh` (nothing to install), `tantivy` (large), `postgresql` (several machines)
* Folders that change over: `generations`
"""
