"""Opening data: choice of the source, CSV files, the gallery of generators, downloads."""
