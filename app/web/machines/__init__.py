"""What machines fetch.

* Catalogue and dumps: `catalogue`; `sitemap`; changes: `change_feed`; `oai_pmh`;
  `sparql`
* To practise on: `practice_feed`
* What every feed does alike: `feed_requests`; is it alive and ready? `status`; figures:
  `metrics`
"""
