"""The tables: of calls (what was heard and what it earned), of accounts, and of what people do with calls."""
