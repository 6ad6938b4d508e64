"""MNIST: its IDX files, and their download with progress, retries and reasons for failure."""
