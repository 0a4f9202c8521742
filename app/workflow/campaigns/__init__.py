"""Reviews that the department opens (“đợt rà soát”).

* Opening, answering, closing: `service`; what keeps “no change” from certifying a
  database: `problems`; who has answered, what each looks through:
  `queries`; the tables: `models`
"""
