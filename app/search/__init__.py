"""How entries are found.

* What do officials shorten, and what do people say? `catalog_schema/synonyms.ttl`,
  `topics.ttl`; of what only a filter knows: `web/public/search_facets`
* How is a query understood? `grammar`, `analysis`, `terms`; which words mean the same?
  `synonyms`; names by their first letters? `initials`; misspelt? `spelling`; without
  its question words? `questions`; what comes nearest where nothing has every word?
  `nearest`
* What does a text name exactly, so that it comes first? `named`
* What is indexed of an entry? `projection`; as which tokens and texts? `digest`
* What does a query ask of an index? `plan`, through `port`; `backends` answer,
  `opening` chooses one
* What comes first, and why? `ranking`; what is set in bold? `highlighting`; how many of
  each? `facet_counts`
* All of it together: `service`; while one types: `autocomplete`; what is new in a kept
  search: `news`
"""
