"""What a scorecard may ask of a call: conditions and expressions over them, and the ways to answer."""
