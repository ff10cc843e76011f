"""Pure rules: no process, socket, clock or database comes in but as an argument."""
