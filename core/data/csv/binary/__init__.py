"""Binary files as text tables: Excel workbooks and Parquet, as streams of CSV."""
