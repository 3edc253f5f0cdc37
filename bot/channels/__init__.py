"""One module per messaging app; each fulfils the same port."""
