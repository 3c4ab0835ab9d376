"""Forms of partnerships, one noun a file."""
