"""A generated case that shows the whole job: forms like scans, recordings like a body-worn camera's."""
