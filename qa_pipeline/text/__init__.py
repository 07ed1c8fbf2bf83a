"""Text for machines: normalising, tokens, phrases, sentence vectors."""
