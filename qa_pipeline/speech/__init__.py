"""From sound to a transcript: windows, engines, guards, parties, turns."""
