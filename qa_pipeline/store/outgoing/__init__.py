"""What other programs are told of: written with the change, sent afterwards."""
