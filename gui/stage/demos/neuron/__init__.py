"""Demonstrations of one sigmoid neuron."""
