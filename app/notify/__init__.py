"""Letters to people: written down in the transaction that gives the reason, sent afterwards by the follower."""
