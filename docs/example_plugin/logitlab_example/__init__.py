"""An example of a package that brings a data set, a model and a demonstration to Logit Lab."""
