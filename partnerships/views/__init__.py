"""Pages of the portal about partnerships, one noun a file."""
