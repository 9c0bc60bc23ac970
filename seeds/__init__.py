"""The curated data that the library grows from: lexicons, gazetteers, sample articles (see README.md)."""
