"""The dialog for a folder of pictures."""
