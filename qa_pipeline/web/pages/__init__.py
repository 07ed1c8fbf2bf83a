"""One module for each group of pages; its `router` is found by name. Handlers are sync: they wait for the database."""
