"""What `import logitlab` gives: data, runs, models, figures, sweeps; see packaging/logitlab."""
