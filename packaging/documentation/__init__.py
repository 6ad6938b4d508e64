"""The documentation site: what is generated for its pages, and how they are checked."""
