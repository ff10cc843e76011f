"""When a recording was made: every witness of its start, the one believed, and why.

`reading.py` reads them all. Nothing is imported here: naming a witness loads no engine.
"""
