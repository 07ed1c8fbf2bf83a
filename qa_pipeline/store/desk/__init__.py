"""What people do with calls, and the figures that it makes. One file for each page or act."""
