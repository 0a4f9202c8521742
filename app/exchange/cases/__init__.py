"""Cases: what one side asks and another has to answer by a day. One mechanism, and for
each kind a shape in the profile and a module in `kinds`.

Where is the rule?
- where a case may stand and whose turn it is then: `lifecycle`
- what may be done to a case of a kind, by which side, what comes along: `kinds`
- the one door through which a case begins and moves: `service`
- by when an answer is due, and by which rule: `clocks`
- who may read a case, lists, how it stood on a day: `queries`
- what a grant leads to (agreement, connection): `follow_up`
- when data run, so that a case is over: `running`
- how cases go on when agencies change: `handing_over`
"""
