"""Training speed, shares of time, and a comparison of devices."""
