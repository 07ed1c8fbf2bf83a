"""People who use the page: accounts, teams, and the log of what they did."""
