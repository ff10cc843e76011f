"""Adapters that make Quancheng a part of Paperless-ngx: found by it through entry points, started by it alone."""
