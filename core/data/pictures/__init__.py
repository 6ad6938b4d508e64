"""A digit from any picture: the file decoded, its paper and its ink found, brought into form."""
