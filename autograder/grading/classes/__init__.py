"""Many submissions: graded in parallel, here or on a cluster, recorded by one writer, reported."""
