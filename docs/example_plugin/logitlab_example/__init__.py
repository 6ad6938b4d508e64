"""An example of a package that brings a data set and a demonstration to Logit Lab."""
