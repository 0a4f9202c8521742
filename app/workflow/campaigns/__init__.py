"""Reviews that the department opens (“đợt rà soát”).

* Opening, answering, closing: `service`; who has answered, what each looks through:
  `queries`; the tables: `models`
"""
