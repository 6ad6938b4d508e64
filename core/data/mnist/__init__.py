"""MNIST: its IDX files, and their download with progress, retries and causes of failure."""
