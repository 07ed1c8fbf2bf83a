"""Call-centre quality assurance: open, local, honest."""

__version__ = "0.1.0"
