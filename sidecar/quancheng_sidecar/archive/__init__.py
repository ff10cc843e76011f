"""The port to the document management system, and its adapters."""
