"""What a student gets back: a page for each notebook."""
