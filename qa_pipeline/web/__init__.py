"""The web page: reviewers decide, agents answer, leads coach. A shell over store, reviewing and accounts."""
