"""The answer desk: many askers, one index, a bounded queue, and a new generation taken up without a pause."""
