"""From the text of a notebook to what students get: build, release, self-check."""
