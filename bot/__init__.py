"""The running program and its edges: configuration, composition, channels, web, command line."""
