"""What became of a class, as one HTML file: gathered from the gradebook, counted, compared, written."""
