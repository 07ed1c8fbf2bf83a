"""From many calls to what they say about an agent: means, rates, intervals, trends, examples."""
