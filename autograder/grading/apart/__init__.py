"""Students' code in a process apart, in a sandbox, and the wire to it, which carries data only."""
