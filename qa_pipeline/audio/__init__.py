"""Sound: probing, decoding, channels, speech spans, measurements."""
