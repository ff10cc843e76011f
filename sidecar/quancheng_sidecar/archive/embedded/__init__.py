"""The built-in archive: documents in the product's own database, full text in an index beside it."""
