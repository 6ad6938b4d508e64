"""What was understood of a CSV file, to correct and to choose from before it is loaded."""
