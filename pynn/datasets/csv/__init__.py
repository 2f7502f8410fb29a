"""CSV files and their like: bytes to text, text to records, records to columns, and loading.py, which makes a table of them."""
