"""The pages of archives: WARC files, Parquet files."""
