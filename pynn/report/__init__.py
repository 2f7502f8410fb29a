"""A report on a model and a table: one HTML page with everything in it, which loads nothing from elsewhere."""
